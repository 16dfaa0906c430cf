# %% [markdown] id="title"
# # Your progress
#
# *Run → Run All Cells* shows what you have done. It is read from two small files in your own data folder; it never
# leaves this machine. A question counts once it was right; a bet is shown beside what the engine found.

# %% id="page" jupyter={"source_hidden": true}
from bittensor_lab import progress

progress.page()

# %% [markdown] id="more"
# The points are those that an exercise notebook's own checks can give; `bittensor-lab grade` asks hidden ones, too.

# %% id="files" jupyter={"source_hidden": true}
from bittensor_lab import places

print(f"Your files are in {places.user_data()}")
