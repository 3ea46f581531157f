package dev.belay.runner.linux;

/**
 * What statfs(2) says of a file system.
 *
 * @param size bytes in all
 * @param free bytes that can still be written
 * @param files that can still be made
 */
public record Space(long size, long free, long files) {}
