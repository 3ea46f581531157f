package dev.belay.controller.link;

import dev.belay.controller.testing.OnInstalledPostgres;

@OnInstalledPostgres
class LinkOnInstalledPostgresTest extends LinkTest {}
