"""Discovery as a part of the engine: it follows the person's preferences and notes whom it asks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from desktopmail.engine.engine import Engine
from desktopmail.store.secrets import Memory
from tests.unit.discovery.conftest import Play, World


def test_preferences_and_the_list_of_hosts(play: Play, tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        engine = await Engine.open(tmp_path / "profile", passwords=Memory())
        try:
            assert engine.discovery.listed()
            await engine.settings.change(ask_provider_list=False)
            assert not engine.discovery.listed()
            here = replace(engine.discovery, usual={}, places=world.places, names=world.names)
            await here.find("ada@example.org")
            seen = {(each.host, each.purpose) for each in await engine.settings.hosts()}
            assert ("autoconfig.example.org", "finding") in seen
            assert not any("ispdb" in host for host, _ in seen)
        finally:
            await engine.close()

    play(scene)
