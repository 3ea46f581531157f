package dev.belay.controller.api;

import dev.belay.controller.testing.OnInstalledPostgres;

@OnInstalledPostgres
class SubmitOnInstalledPostgresTest extends SubmitTest {}
