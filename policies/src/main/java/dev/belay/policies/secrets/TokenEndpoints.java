package dev.belay.policies.secrets;

import dev.belay.policies.commands.Wildcard;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Paths where servers hand out keys for a key. Who asks there with a secret that the gateway puts in gets one in the answer
 * that nobody looks for. Known ones, and those that are called as the standards call them; no list of them is complete.
 */
public final class TokenEndpoints {
    private static final String DEPTH = "**";

    /** {@code *} is any one segment or a part of one, {@code v*} a version, {@code **} any number, once in each. */
    private static final String KNOWN = """
            /token
            /v*/token
            /**/oauth/token
            /**/oauth2/token
            /**/oauth/access_token
            /**/oauth2/access_token
            /**/oauth/v*/token
            /**/oauth2/v*/token
            /**/oauth2/*/v*/token
            /**/oauth2/exchange
            /**/oauth/tokens
            /**/oauth/authorizations
            /**/oauth/token/request
            /**/oauth/authorize_device
            /**/oauth/device/code
            /**/oauth/device/token
            /**/oauth2/device/*
            /**/device_authorization
            /**/oauth*/v*/devicecode
            /**/oauth*/devicecode
            /**/oauth2/v*/device/authorize
            /**/oauth/register
            /**/oauth2/register
            /**/oauth2/v*/clients
            /**/oidc/register
            /**/oidc/token
            /**/connect/token
            /**/connect/register
            /**/connect/deviceauthorization
            /**/openid-connect/token
            /**/openid-connect/auth/device
            /**/clients-registrations/*
            /register
            /client/register
            /v*/client/register
            /federation/credentials
            /**/login/oauth/access_token
            /**/login/device/code
            /**/app/installations/*/access_tokens
            /**/app-manifests/*/conversions
            /**/applications/*/token
            /**/applications/*/token/scoped
            /authorizations
            /api/v3/authorizations
            /**/actions/runners/registration-token
            /**/actions/runners/remove-token
            /**/actions/runners/generate-jitconfig
            /copilot_internal/v*/token
            /**/api/v4/personal_access_tokens
            /**/api/v4/personal_access_tokens/*/rotate
            /**/api/v4/users/*/personal_access_tokens
            /**/api/v4/user/personal_access_tokens
            /**/api/v4/users/*/impersonation_tokens
            /**/api/v4/projects/*/access_tokens
            /**/api/v4/groups/*/access_tokens
            /**/api/v4/projects/*/access_tokens/*/rotate
            /**/api/v4/groups/*/access_tokens/*/rotate
            /**/api/v4/projects/*/deploy_tokens
            /**/api/v4/groups/*/deploy_tokens
            /**/api/v4/projects/*/triggers
            /**/api/v4/projects/*/cluster_agents/*/tokens
            /**/api/v4/runners
            /**/api/v4/user/runners
            /**/api/v4/runners/reset_registration_token
            /**/api/v4/runners/*/reset_authentication_token
            /**/api/v4/projects/*/runners/reset_registration_token
            /**/api/v4/groups/*/runners/reset_registration_token
            /**/api/v4/projects/*/job_token_scope
            /**/api/v4/projects/*/job_token_scope/allowlist
            /**/api/v4/jobs/request
            /**/jwt/auth
            /**/site/oauth2/access_token
            /**/rest/access-tokens/*/users/*
            /**/rest/access-tokens/*/projects/*
            /**/rest/pat/*/tokens
            /**/api/v1/users/*/tokens
            /**/_apis/tokens/pats
            /-/npm/v*/oidc/token/exchange/package/**
            /-/npm/v*/user
            /-/v*/login
            /**/-/user/org.couchdb.user:*
            /**/-/npm/v*/tokens
            /_/oidc/mint-token
            /_/oidc/*/mint-token
            /api/v1/me/tokens
            /api/v1/trusted_publishing/tokens
            /api/v1/api_key
            /api/v1/oidc/trusted_publisher/exchange_token
            /api/v1/oidc/api_key_roles/*/assume_role
            /api/v*/token
            /api/v*/auth/token
            /v*/auth/token
            /v*/users/login
            /v*/access-tokens
            /v*/auth
            /api/security/token
            /**/artifactory/api/security/token
            /**/artifactory/api/security/apikey
            /**/access/api/v*/tokens
            /**/access/api/v*/tokens/*
            /**/access/api/v*/oidc/token
            /**/access/api/v*/aws/token
            /o/oauth2/token
            /**/serviceaccounts/*:generateaccesstoken
            /**/serviceaccounts/*:generateidtoken
            /**/serviceaccounts/*:signjwt
            /**/serviceaccounts/*:signblob
            /**/workforcepools/*:generateaccesstoken
            /v*/projects/*/serviceaccounts/*/keys
            /computemetadata/v*/instance/service-accounts/*/token
            /computemetadata/v*/instance/service-accounts/*/identity
            /latest/api/token
            /latest/meta-data/iam/security-credentials/**
            /metadata/identity/oauth2/token
            /**/namespaces/*/serviceaccounts/*/token
            /v1/auth/**/login
            /v1/auth/**/login/*
            /v1/auth/token/create
            /v1/auth/token/create-orphan
            /v1/auth/token/create/*
            /v1/auth/token/renew-self
            /v1/auth/token/renew
            /v1/auth/*/role/*/secret-id
            /v1/auth/*/role/*/custom-secret-id
            /v1/identity/oidc/token/*
            /v1/*/creds/*
            /v1/*/sts/*
            /v1/sys/wrapping/unwrap
            /v1/acl/token
            /v1/acl/login
            /api/oauth.access
            /api/oauth.v2.access
            /api/oauth.v2.exchange
            /api/openid.connect.token
            /api/tooling.tokens.rotate
            /api/v1/authn
            /api/v1/api-tokens
            /api/v2/device-credentials
            /api/user_tokens/generate
            /**/jenkins.security.apitokenproperty/generatenewtoken
            /api/auth/keys
            /api/serviceaccounts/*/tokens
            /api/2.0/token/create
            /client/v4/user/tokens
            /client/v4/accounts/*/tokens
            /api/0/api-tokens
            /api/v2/organizations/*/authentication-token
            /api/v2/teams/*/authentication-token
            /api/v2/users/*/authentication-tokens
            """;

    /** Many frameworks answer such a path as the one without it. */
    private static final Pattern FORMAT = Pattern.compile("\\.(?:json|xml|txt|html?|ya?ml|js)/*$");

    private static final Map<Boolean, List<List<String>>> ALL =
            KNOWN.lines().map(TokenEndpoints::segments).collect(Collectors.partitioningBy(TokenEndpoints::endsPlainly));
    /** Found by their last segment, so that of so many only a few are looked at. */
    private static final Map<String, List<List<String>>> BY_END =
            of(true).stream().collect(Collectors.groupingBy(List::getLast));

    private static final List<List<String>> OTHERS = List.copyOf(of(false));

    private TokenEndpoints() {}

    private static List<List<String>> of(boolean endsPlainly) {
        return ALL.getOrDefault(endsPlainly, List.of());
    }

    /** @param path in plain characters, without its query */
    public static boolean isOne(String path) {
        String said = path.toLowerCase(Locale.ROOT);
        return isListed(segments(said))
                || isListed(segments(FORMAT.matcher(said).replaceFirst("")));
    }

    private static boolean isListed(List<String> segments) {
        return !segments.isEmpty()
                && !isContent(segments)
                && (any(BY_END.getOrDefault(segments.getLast(), List.of()), segments) || any(OTHERS, segments));
    }

    /** Files of a repository may be called anything, and what serves them hands out nothing else. */
    private static boolean isContent(List<String> segments) {
        int repository = segments.indexOf("repos");
        return repository >= 0
                && segments.size() > repository + 4
                && segments.get(repository + 3).equals("contents");
    }

    private static List<String> segments(String path) {
        return Arrays.stream(path.split("/"))
                .filter(segment -> !segment.isEmpty())
                .toList();
    }

    private static boolean endsPlainly(List<String> known) {
        return known.getLast().indexOf('*') < 0;
    }

    private static boolean any(List<List<String>> known, List<String> segments) {
        for (List<String> one : known) {
            if (matches(one, segments)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(List<String> known, List<String> segments) {
        int depth = known.indexOf(DEPTH);
        if (depth < 0) {
            return known.size() == segments.size() && same(known, segments);
        }
        int behind = known.size() - depth - 1;
        return segments.size() >= depth + behind
                && same(known.subList(0, depth), segments.subList(0, depth))
                && same(
                        known.subList(depth + 1, known.size()),
                        segments.subList(segments.size() - behind, segments.size()));
    }

    private static boolean same(List<String> known, List<String> segments) {
        for (int i = 0; i < known.size(); i++) {
            if (!isOne(known.get(i), segments.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOne(String known, String segment) {
        boolean isVersion = segment.length() > 1 && Character.isDigit(segment.charAt(1));
        return Wildcard.matches(known, segment) && (isVersion || !known.equals("v*"));
    }
}
