package dev.belay.controller.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The tests of the class, those that it inherits too, run on the PostgreSQL of the distribution. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnInstalledPostgres.Switch.class)
public @interface OnInstalledPostgres {
    /** Test classes run one after another, so there is one switch for all. */
    final class Switch implements BeforeAllCallback, AfterAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            TestPostgres.useInstalled(true);
        }

        @Override
        public void afterAll(ExtensionContext context) {
            TestPostgres.useInstalled(false);
        }
    }
}
