"""What the steps of packaging call is there: the door to the project installs it."""

import package

import dev


def test_every_tool_of_a_step_is_installed_before_it_runs() -> None:
    wanted = {name for tools in package.TOOLS.values() for name in tools.values()}
    assert wanted <= {*dev.LIBRARIES, *dev.SERVERS, *dev.TOOLS, *dev.PACKAGING}
    assert set(package.TOOLS) < set(package.STEPS)
