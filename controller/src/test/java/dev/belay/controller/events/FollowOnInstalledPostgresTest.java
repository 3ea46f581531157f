package dev.belay.controller.events;

import dev.belay.controller.testing.OnInstalledPostgres;

@OnInstalledPostgres
class FollowOnInstalledPostgresTest extends FollowTest {}
