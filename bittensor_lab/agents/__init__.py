"""Agents: the people of the network, who look at the chain and ask something of it.

    agent.py        Agent, crowd: somebody who acts now and then, and how blocks pass among them
    miners.py       Miner: what it has, how it comes to an answer, what that costs
    work.py         Work: a netuid's task, its miners, its rule; answers and scores, made once
    validators.py   weights from scores, or from something else
    owners.py       clients who pay for quality, owners who buy back
    traders.py      stakers and traders

A subnet's economy in seven lines, on a ``demo_network(1, 3, 4)``:

    miners = tuple(Miner(f"miner-1-{m}", m / 4) for m in (1, 2, 3, 4))
    work = Work(1, speech.TASK, miners, starts=state.block)
    people = [Agent(f"validator-{v}-cold", f"validator-{v}", measures(work, 4), 60) for v in (1, 2, 3)]
    people.append(Agent("alice", "", pays_for(work, tao(2)), 60))
    people.append(Agent("owner-1-cold", "owner-1", spends_revenue(1, tao(10)), 60))
    for state, events in crowd(state, people, blocks=600, seed=3):
        ...

A new kind of person is a function of at most twenty lines, and a test of what its name promises.
"""

from bittensor_lab.agents.agent import Act, Agent, after, asked, crowd, luck, turn, turns
from bittensor_lab.agents.miners import (
    SUPPLIERS,
    Asked,
    Miner,
    bribes,
    can_pay,
    challenge_of,
    copying,
    honest_answer,
    intermittent,
    lazy_answer,
    overfitting,
    pays_its_way,
    spoofing,
)
from bittensor_lab.agents.owners import buys_back, pays_for, spends_revenue
from bittensor_lab.agents.traders import (
    GAP,
    LEAST,
    exit_at_limit,
    index,
    momentum,
    pump_and_dump,
    value_investor,
    yield_chaser,
)
from bittensor_lab.agents.validators import bribed, copies, favours, honest, lazy, measures, self_serving
from bittensor_lab.agents.work import RULES, Answered, RuleName, Work

__all__ = [
    "GAP",
    "LEAST",
    "RULES",
    "SUPPLIERS",
    "Act",
    "Agent",
    "Answered",
    "Asked",
    "Miner",
    "RuleName",
    "Work",
    "after",
    "asked",
    "bribed",
    "bribes",
    "buys_back",
    "can_pay",
    "challenge_of",
    "copies",
    "copying",
    "crowd",
    "exit_at_limit",
    "favours",
    "honest",
    "honest_answer",
    "index",
    "intermittent",
    "lazy",
    "lazy_answer",
    "luck",
    "measures",
    "momentum",
    "overfitting",
    "pays_for",
    "pays_its_way",
    "pump_and_dump",
    "self_serving",
    "spends_revenue",
    "spoofing",
    "turn",
    "turns",
    "value_investor",
    "yield_chaser",
]
