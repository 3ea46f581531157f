package dev.belay.controller.packs;

import java.io.File;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * Cuts JGit off from the machine: no user, system or JGit configuration is read or written, no native git is started to
 * find one, and no probe files are written to measure the file system's clock.
 */
final class HermeticGit extends SystemReader {
    private static final HermeticGit INSTANCE = new HermeticGit(SystemReader.getInstance());

    private final SystemReader machine;

    private HermeticGit(SystemReader machine) {
        this.machine = machine;
        setPlatformChecker();
    }

    /** Idempotent. Every class here that touches JGit calls it first. */
    static void install() {
        if (SystemReader.getInstance() != INSTANCE) {
            SystemReader.setInstance(INSTANCE);
        }
    }

    @Override
    public String getHostname() {
        return InetAddress.getLoopbackAddress().getHostName();
    }

    @Override
    public @Nullable String getenv(String variable) {
        return variable.startsWith("GIT_") || variable.startsWith("XDG_") ? null : machine.getenv(variable);
    }

    @Override
    public @Nullable String getProperty(String key) {
        return machine.getProperty(key);
    }

    @Override
    public FileBasedConfig openUserConfig(@Nullable Config parent, FS fs) {
        return new NoConfig(parent, fs);
    }

    @Override
    public FileBasedConfig openSystemConfig(@Nullable Config parent, FS fs) {
        return new NoConfig(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(@Nullable Config parent, FS fs) {
        return new NoConfig(parent, fs);
    }

    @Override
    public long getCurrentTime() {
        return machine.getCurrentTime();
    }

    @Override
    public int getTimezone(long when) {
        return 0;
    }

    /** Empty for ever; it answers only what JGit would otherwise measure by writing files. */
    private static final class NoConfig extends FileBasedConfig {
        NoConfig(@Nullable Config parent, FS fs) {
            super(parent, new File("/nonexistent/belay"), fs);
        }

        @Override
        public void load() {}

        @Override
        public void save() {}

        @Override
        public boolean isOutdated() {
            return false;
        }

        @Override
        public long getTimeUnit(
                String section, @Nullable String subsection, String name, long defaultValue, TimeUnit wantUnit) {
            if (ConfigConstants.CONFIG_FILESYSTEM_SECTION.equals(section)) {
                return wantUnit.convert(10, TimeUnit.MILLISECONDS);
            }
            return super.getTimeUnit(section, subsection, name, defaultValue, wantUnit);
        }
    }
}
