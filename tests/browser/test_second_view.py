"""A lab's output opened a second time beside the notebook: both are the same lab, and both answer."""

SHOWN = """() => ({
    labs: document.querySelectorAll('.btlab').length,
    stamps: [...document.querySelectorAll('.btlab .bl-picture')].map((e) => e.dataset.stamp),
    titles: [...document.querySelectorAll('.btlab .bl-title')].map((e) => e.innerText) })"""
TWICE = """() => { const all = [...document.querySelectorAll('.btlab .bl-picture')];
    return all.length === 2 && all.every((e) => e.dataset.stamp && e.querySelector('canvas')) }"""
SAME = f"(old) => {{ const [a, b] = ({SHOWN})().stamps; return a === b && a !== old }}"


def test_a_second_view_shows_the_same_lab_and_answers(page):
    page.lesson("08_the_pool")
    page.tab.evaluate(
        """() => { const book = window.jupyterapp.shell.currentWidget.content;
        book.activeCellIndex = book.widgets.findIndex((cell) => cell.model.id === 'lab');
        return window.jupyterapp.commands.execute('notebook:create-output-view') }"""
    )
    page.tab.wait_for_function(TWICE)
    before = page.tab.evaluate(SHOWN)
    for view in (1, 0):  # a control of either view moves both pictures
        slider = page.tab.locator(".btlab").nth(view).locator(".bl-slider input[type=range]").first
        slider.evaluate(
            """(input, view) => { const part = 0.6 + 0.2 * view;
            input.value = Number(input.min) + part * (input.max - input.min);
            input.dispatchEvent(new Event('input', { bubbles: true })) }""",
            view,
        )
        page.tab.wait_for_function(SAME, arg=before["stamps"][0])
        after = page.tab.evaluate(SHOWN)
        assert after["labs"] == 2 and len(set(after["titles"])) == 1
        before = after
