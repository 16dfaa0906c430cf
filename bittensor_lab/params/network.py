"""Network parameters: the rules that all subnets share, as data.

Source: ``spec/epoch.md`` 1.2, ``spec/economy.md`` 3 to 10; ``pallets/subtensor/src/lib.rs``. The defaults
are main net's stored values, where they differ from the code's.
"""

from __future__ import annotations

from dataclasses import dataclass

from bittensor_lab.params.meaning import blocks, check_all, count, rao, stored, u16, u64
from bittensor_lab.units import RAO_PER_TAO, U64_MAX


@dataclass(frozen=True)
class NetworkParameters:
    """The rules that all subnets share; change with ``replace``. The defaults are main net's.

    Raises
    ------
    InputError
        as ``Hyperparameters``.
    """

    tao_weight: int = u64(
        3_320_413_933_267_719_290, "TaoWeight", "TAO weight",
        "What a TAO staked on root counts in a uid's stake weight, beside an alpha.",
    )  # fmt: skip
    stake_threshold: int = rao(
        0, "StakeThreshold", "Stake threshold", "root",
        "The stake weight below which a uid counts as holding no stake at all.",
    )  # fmt: skip
    max_epochs_per_block: int = stored(
        2, "MaxEpochsPerBlock", "Epochs per block", "epochs", 1, 255, "root",
        "How many subnets may run their epoch in one block; the next ones wait a block.",
    )  # fmt: skip
    admin_freeze_window: int = count(
        10, "AdminFreezeWindow", "Freeze window", "root",
        "For how long before an epoch an owner's changes are refused.",
        unit="blocks",
    )  # fmt: skip
    owner_hyperparam_rate_limit: int = count(
        2, "OwnerHyperparamRateLimit", "Owner's rate limit", "root",
        "How many tempos an owner waits before changing the same hyperparameter again.",
        unit="tempos",
    )  # fmt: skip
    weights_version_key_rate_limit: int = count(
        5, "WeightsVersionKeyRateLimit", "Version key rate limit", "root",
        "How many tempos an owner waits before changing the version key again.",
        unit="tempos",
    )  # fmt: skip
    min_tempo: int = count(
        360, "MinTempo", "Shortest tempo", "root", "The shortest tempo an owner may set.", unit="blocks"
    )
    max_tempo: int = count(
        50_400, "MaxTempo", "Longest tempo", "root",
        "The longest tempo an owner may set, and the most blocks that a subnet goes without an epoch.",
        unit="blocks",
    )  # fmt: skip
    tempo_rate_limit: int = blocks(
        360, "TempoUpdate", "Tempo rate limit", "root",
        "How long an owner waits before setting the tempo, or triggering an epoch, again.",
    )  # fmt: skip
    mechanism_rate_limit: int = blocks(
        7200, "MechanismCountUpdate", "Mechanism rate limit", "root",
        "How long an owner waits before changing the mechanisms, or their split, again.",
    )  # fmt: skip
    max_mechanism_count: int = stored(
        2, "MaxMechanismCount", "Most mechanisms", "mechanisms", 1, 16, "root",
        "How many weight matrices a subnet may have.",
    )  # fmt: skip
    trim_rate_limit: int = blocks(
        30 * 7200, "MaxUidsTrimming", "Trimming rate limit", "root",
        "How long an owner waits before trimming the subnet again.",
    )  # fmt: skip
    commit_reveal_version: int = count(
        4, "CommitRevealWeightsVersion", "Commit version", "root",
        "The version that a timelocked commit must name.",
        unit="a version",
    )  # fmt: skip
    set_children_rate_limit: int = blocks(
        150, "SetChildren", "Childkey rate limit", "root",
        "How long a hotkey waits before it sets its children on a subnet again.",
    )  # fmt: skip
    pending_childkey_cooldown: int = blocks(
        7200, "PendingChildKeyCooldown", "Childkey cooldown", "root",
        "How long new children wait before they take effect at an epoch.",
    )  # fmt: skip
    tx_childkey_take_rate_limit: int = blocks(
        216_000, "TxChildkeyTakeRateLimit", "Childkey take rate limit", "root",
        "How long a hotkey waits before it raises its childkey take on a subnet again.",
    )  # fmt: skip
    min_childkey_take: int = u16(
        0, "MinChildkeyTake", "Lowest childkey take", "root", "The least childkey take on any subnet."
    )
    max_childkey_take: int = u16(
        11_796, "MaxChildkeyTake", "Highest childkey take", "root", "The most childkey take on any subnet."
    )
    ck_burn: int = u64(
        0, "CKBurn", "Childkey burn", "The part of what a parent of another coldkey earns that is recycled."
    )
    tx_delegate_take_rate_limit: int = blocks(
        216_000, "TxDelegateTakeRateLimit", "Take rate limit", "root",
        "How long a hotkey waits before it raises its take again.",
    )  # fmt: skip
    min_delegate_take: int = u16(
        0, "MinDelegateTake", "Lowest take", "root",
        "The least part of its nominators' dividends that a validator takes.",
    )  # fmt: skip
    max_delegate_take: int = u16(
        11_796, "MaxDelegateTake", "Highest take", "root",
        "The most that a validator takes, and what it takes unless it says otherwise.",
    )  # fmt: skip
    subnet_owner_cut: int = u16(
        11_796,
        "SubnetOwnerCut",
        "Owner cut",
        "root",
        "The part of a subnet's alpha emission that its owner gets.",
    )
    tx_rate_limit: int = blocks(
        1000,
        "TxRateLimit",
        "Key swap rate limit",
        "root",
        "How long a coldkey waits before it swaps a hotkey again.",
    )
    hotkey_swap_interval: int = blocks(
        7200, "HotkeySwapOnSubnetInterval", "Key swap interval", "root",
        "How long a coldkey waits before it swaps a hotkey on the same subnet again.",
    )  # fmt: skip
    key_swap_cost: int = rao(
        RAO_PER_TAO // 10, "KeySwapCost", "Key swap cost", "root",
        "What swapping a hotkey everywhere, or announcing a new coldkey, costs.",
    )  # fmt: skip
    key_swap_on_subnet_cost: int = rao(
        RAO_PER_TAO // 1000, "KeySwapOnSubnetCost", "Key swap cost on a subnet", "root",
        "What swapping a hotkey on one subnet costs.",
    )  # fmt: skip
    coldkey_swap_announcement_delay: int = blocks(
        36_000, "ColdkeySwapAnnouncementDelay", "Coldkey swap wait", "root",
        "How long a coldkey waits after its announcement before another one can replace it.",
    )  # fmt: skip
    coldkey_swap_reannouncement_delay: int = blocks(
        7200, "ColdkeySwapReannouncementDelay", "Coldkey swap announced again", "root",
        "How long after that wait a coldkey may announce another one.",
    )  # fmt: skip
    existential_deposit: int = rao(
        500, "ExistentialDeposit", "Existential deposit", "root",
        "The smallest balance that an account can hold.",
    )  # fmt: skip

    emission_rule: int = stored(
        5, "the rule is part of the chain's code", "Emission rule", "a rule", 0, 6, "root",
        "By what the subnets share the block's TAO: 0 to 6 are the rules A to G that main net has had.",
    )  # fmt: skip
    injection_rule: int = stored(
        4, "the rule is part of the chain's code", "Injection rule", "a rule", 0, 4, "root",
        "How much alpha goes into a pool beside its TAO, and what becomes of TAO that finds none.",
    )  # fmt: skip
    pool_rule: int = stored(
        0, "the rule is part of the chain's code", "Pool rule", "a rule", 0, 1, "root",
        "How pools trade: 0 is the weighted pool with a fee in parts, 1 that of early 2025 with a flat fee.",
    )  # fmt: skip
    flat_fee: int = rao(
        50_000, "DefaultStakingFee", "Flat fee", "root",
        "With the pool of early 2025, what every trade costs: rao, of alpha too.",
    )  # fmt: skip
    gate_exponent: int = stored(
        3, "EmissionGateExponent", "Gate exponent", "a power", 1, 16, "root",
        "With rule G, how sharply the gate turns from closed to open around its bar.",
    )  # fmt: skip
    gate_update_interval: int = stored(
        7200, "EmissionGateUpdateInterval", "Gate interval", "blocks", 1, U64_MAX, "root",
        "With rule G, how long the gate's bar is held between updates.",
    )  # fmt: skip
    flow_smoothing: int = stored(
        29_597_889_189_277, "FlowEmaSmoothingFactor", "Flow smoothing", "of 2⁶³ − 1", 0, 2**63 - 1, "root",
        "With rules C and D, the part of a block's flow that enters the moving flow.", 2**63 - 1,
    )  # fmt: skip
    flow_cutoff: int = rao(
        0, "TaoFlowCutoff", "Flow cutoff", "root",
        "With rules C and D, the moving flow below which a subnet gets nothing.",
    )  # fmt: skip
    flow_exponent: int = stored(
        1, "FlowNormExponent", "Flow exponent", "a power", 1, 16, "root",
        "With rules C and D, the power to which flows are raised before they are compared.",
    )  # fmt: skip
    subnet_moving_alpha: int = stored(
        12_885, "SubnetMovingAlpha", "Price smoothing", "of 2³²", 0, 2**32, "root",
        "The part of the gap to the spot price that an old subnet's moving price closes in a block.", 2**32,
    )  # fmt: skip
    ema_price_halving_blocks: int = blocks(
        201_600, "EMAPriceHalvingBlocks", "Price halving", "root",
        "The age at which a subnet's moving price has half of its final speed.",
    )  # fmt: skip
    min_stake: int = rao(
        2_000_000, "DefaultMinStake", "Least stake", "root", "The least TAO that one can stake or move."
    )
    nominator_min_factor: int = stored(
        10_000_000, "NominatorMinRequiredStake", "Least nomination", "millionths of the least stake",
        0, 2**32 - 1, "root",
        "A nominator's position worth less than this many millionths of the least stake is paid out.",
        1_000_000,
    )  # fmt: skip
    root_claims_per_block: int = stored(
        5, "NumRootClaim", "Claims per block", "coldkeys", 0, 50, "root",
        "How many coldkeys the chain draws in each block to pay out their root dividends.",
    )  # fmt: skip
    subnet_limit: int = count(
        128, "SubnetLimit", "Most subnets", "root", "How many subnets there can be, besides root.",
        unit="subnets",
    )  # fmt: skip
    network_min_lock_cost: int = rao(
        RAO_PER_TAO, "NetworkMinLockCost", "Lowest founding cost", "root",
        "What founding a subnet costs at the least.",
    )  # fmt: skip
    network_lock_reduction_interval: int = blocks(
        57_600, "NetworkLockReductionInterval", "Founding cost interval", "root",
        "The time in which the cost of founding a subnet falls by what the last founder paid.",
    )  # fmt: skip
    network_rate_limit: int = blocks(
        28_800, "NetworkRateLimit", "Founding rate limit", "root",
        "How long everybody waits between the founding of two subnets.",
    )  # fmt: skip
    network_immunity_period: int = blocks(
        864_000, "NetworkImmunityPeriod", "Subnet immunity", "root",
        "How long after its founding a subnet is not dissolved to make room.",
    )  # fmt: skip
    start_call_delay: int = blocks(
        0, "StartCallDelay", "Start delay", "root", "How long an owner waits before starting the subnet."
    )
    network_registration_start_block: int = blocks(
        0, "NetworkRegistrationStartBlock", "First new subnet", "root",
        "Owners of subnets founded before this block get part of their lock back when it is dissolved.",
    )  # fmt: skip
    dissolve_with_reserve_block: int = blocks(
        0, "the block of a deployment", "Reserve shares from", "root",
        "When a subnet founded from this block on is dissolved, its pool's alpha has a share too.",
    )  # fmt: skip
    unlock_rate: int = blocks(
        934_866, "UnlockRate", "Unlock time", "root",
        "The time in which locked alpha that is let go falls to 1/e.",
    )  # fmt: skip
    maturity_rate: int = blocks(
        934_866, "MaturityRate", "Maturity time", "root",
        "The time in which the conviction of locked alpha comes within 1/e of its mass.",
    )  # fmt: skip
    takeover_age: int = blocks(
        2_629_800, "ONE_YEAR", "Age for a take-over", "root",
        "How old a subnet must be before conviction can give it another owner.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_all(self)

    @property
    def tao_weight_q32(self) -> int:
        """The TAO weight as a raw fraction, cut to 2⁻³²."""
        return (self.tao_weight << 32) // U64_MAX
