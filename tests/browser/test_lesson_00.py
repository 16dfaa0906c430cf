"""Lesson 00 end to end: other judges pay another miner; the whole story can be walked through."""

LESSON = "00_start_here"
SLIDER = ".btlab .bl-sliders input >> nth=0"
SUMMARY, PRESET = ".btlab .bl-summary", ".btlab select"
PAYS = 1059
"""the first block of the story in which the first subnet pays"""


def go(page, number):
    """Set the slider as the browser does when it is let go."""
    before = page.fingerprint()
    page.tab.locator(SLIDER).fill(str(number))
    page.changed(before)
    page.settled()


def test_other_judges_pay_another_miner(page):
    page.lesson(LESSON)
    go(page, PAYS)
    page.titled("Block 1059: 0 extrinsics, 1 τ into 3 subnets, 1 epoch")
    page.tab.wait_for_function(f"() => document.querySelector('{SUMMARY}').innerText.includes('miner-1-3')")
    page.tab.select_option(PRESET, "loud")
    page.settled()
    go(page, PAYS)
    page.tab.wait_for_function(f"() => document.querySelector('{SUMMARY}').innerText.includes('miner-1-4')")
    for end in (1001, 1121):
        go(page, end)
        page.begins(f"Block {end}:")
