package dev.belay.controller.dispatch;

import dev.belay.controller.testing.OnInstalledPostgres;

@OnInstalledPostgres
class ClaimOnInstalledPostgresTest extends ClaimTest {}
