package dev.belay.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class HouseTest {
    private static final JavaClasses CLIENT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.belay.cli");

    @Test
    void the_client_starts_nothing_heavy() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "com.google.protobuf..",
                        "io.grpc..",
                        "io.netty..",
                        "io.micronaut..",
                        "java.net.http..",
                        "java.util.logging..",
                        "java.util.regex..")
                .check(CLIENT);
    }

    @Test
    void the_client_knows_neither_controller_nor_runner() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.belay.controller..", "dev.belay.runner..")
                .check(CLIENT);
    }

    @Test
    void git_is_known_to_the_project_alone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.belay.cli.project..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.eclipse.jgit..")
                .check(CLIENT);
    }

    @Test
    void terminal_and_http_know_no_verbs() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.belay.cli.terminal..", "dev.belay.cli.http..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.belay.cli",
                        "dev.belay.cli.task..",
                        "dev.belay.cli.history..",
                        "dev.belay.cli.local..",
                        "dev.belay.cli.server..")
                .check(CLIENT);
    }
}
