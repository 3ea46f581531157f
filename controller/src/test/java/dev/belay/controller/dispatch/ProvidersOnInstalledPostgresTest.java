package dev.belay.controller.dispatch;

import dev.belay.controller.testing.OnInstalledPostgres;

@OnInstalledPostgres
class ProvidersOnInstalledPostgresTest extends ProvidersTest {}
