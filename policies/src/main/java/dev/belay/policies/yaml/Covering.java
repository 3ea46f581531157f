package dev.belay.policies.yaml;

import dev.belay.policies.network.RequestPattern;

/** Whether one pattern leaves nothing to another. What is not plain to see is answered with no. */
final class Covering {
    private Covering() {}

    /** The same for two patterns that mean the same: {@code x:*} is the older way to write {@code x *}. */
    static String command(String pattern) {
        String text = String.join(" ", pattern.strip().split("\\s+"));
        return text.endsWith(":*") ? text.substring(0, text.length() - 2) + " *" : text;
    }

    /** A star of the other is only ever covered by a star. {@code x *} means {@code x} alone, too. */
    static boolean command(String stricter, String other) {
        return glob(stricter, other)
                || stricter.endsWith(" *") && glob(stricter.substring(0, stricter.length() - 2), other);
    }

    private static boolean glob(String pattern, String text) {
        int at = 0;
        int in = 0;
        int lastStar = -1;
        int starUntil = 0;
        while (in < text.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                lastStar = at++;
                starUntil = in;
            } else if (at < pattern.length() && pattern.charAt(at) == text.charAt(in)) {
                at++;
                in++;
            } else if (lastStar >= 0) {
                at = lastStar + 1;
                in = ++starUntil;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }

    static boolean requests(RequestPattern stricter, RequestPattern other) {
        return host(stricter.host().toString(), other.host().toString()) && stricter.coversAtHost(other);
    }

    /** Both as they are written in the end: {@code *.example.com:443}. */
    private static boolean host(String stricter, String other) {
        return hosts(name(stricter), name(other)) && ports(port(stricter), port(other));
    }

    private static String name(String pattern) {
        int colon = pattern.lastIndexOf(':');
        return colon > pattern.lastIndexOf(']') ? pattern.substring(0, colon) : pattern;
    }

    private static String port(String pattern) {
        return pattern.substring(name(pattern).length());
    }

    private static boolean hosts(String stricter, String other) {
        return stricter.equals("*")
                || stricter.equals(other)
                || stricter.startsWith("*.")
                        && other.endsWith(stricter.substring(1))
                        && other.length() >= stricter.length();
    }

    /** None is the web's, 80 and 443; a rule that takes away has always one, {@code :*} if nothing else. */
    private static boolean ports(String stricter, String other) {
        if (stricter.equals(":*") || stricter.equals(other)) {
            return true;
        }
        if (stricter.isEmpty()) {
            return other.equals(":80") || other.equals(":443");
        }
        if (other.equals(":*")) {
            return false;
        }
        return first(stricter) <= (other.isEmpty() ? 80 : first(other))
                && last(stricter) >= (other.isEmpty() ? 443 : last(other));
    }

    private static int first(String ports) {
        int dash = ports.indexOf('-');
        return Integer.parseInt(ports.substring(1, dash < 0 ? ports.length() : dash));
    }

    private static int last(String ports) {
        return Integer.parseInt(ports.substring(Math.max(0, ports.indexOf('-')) + 1));
    }
}
