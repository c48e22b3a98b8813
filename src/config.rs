//! What the Worker is told by its variables and secrets, read once per isolate.

use worker::Env;

/// What callers may ask unless the deployment says otherwise, in percent.
const RATE_LIMIT_PERCENT: u32 = 100;

/// Settings of this deployment. Secrets are not among them: the vault reads its key where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The identity provider's issuer, as it stands in `iss`.
    pub clerk_issuer: String,
    /// Where its public keys are served.
    pub clerk_jwks_url: String,
    /// Clerk's publishable key for the SPA; empty where the local sign-in is used.
    pub clerk_publishable_key: String,
    /// Hosts are `{slug}{suffix}`: `.localhost` locally, `.hangtag.example` elsewhere. Begins with a dot.
    pub origin_suffix: String,
    /// People who run the platform, by the identity provider's ids.
    pub platform_admins: Vec<String>,
    /// Where the SPA sends people to sign in; empty means Clerk's own components.
    pub sign_in_url: String,
    /// Where an organization's own pages are, with `{slug}` for its label; mails link there.
    pub organization_origin: String,
    /// Mailchimp Transactional's address, base path included.
    pub mailchimp_base: String,
    /// The address that mails come from; the name before it is the organization's.
    pub mail_sender: String,
    /// `local`, `staging` or `production`.
    pub environment: String,
    /// How much callers may ask, in percent of the usual (see `http::limits`).
    pub rate_limit_percent: u32,
    /// The commit that was built, when the deployment says so.
    pub commit: Option<String>,
}

impl Config {
    /// Reads the variables; a missing one is an empty text, and what needs it then refuses.
    #[must_use]
    pub fn from_env(env: &Env) -> Self {
        Self::from_lookup(|name| env.var(name).ok().map(|value| value.to_string()))
    }

    /// As [`Config::from_env`], from any source of named texts.
    #[must_use]
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| lookup(name).unwrap_or_default().trim().to_owned();
        let suffix = text("ALLOWED_ORIGIN_SUFFIX").to_ascii_lowercase();
        Self {
            clerk_issuer: text("CLERK_ISSUER"),
            clerk_jwks_url: text("CLERK_JWKS_URL"),
            clerk_publishable_key: text("CLERK_PUBLISHABLE_KEY"),
            origin_suffix: if suffix.starts_with('.') { suffix } else { format!(".{suffix}") },
            platform_admins: text("PLATFORM_ADMINS")
                .split(',')
                .map(str::trim)
                .filter(|id| !id.is_empty())
                .map(str::to_owned)
                .collect(),
            sign_in_url: text("SIGN_IN_URL"),
            organization_origin: text("ORGANIZATION_ORIGIN"),
            mailchimp_base: text("MAILCHIMP_BASE").trim_end_matches('/').to_owned(),
            mail_sender: text("MAIL_SENDER"),
            environment: text("ENVIRONMENT"),
            rate_limit_percent: text("RATE_LIMIT_PERCENT").parse().unwrap_or(RATE_LIMIT_PERCENT),
            commit: lookup("COMMIT").filter(|commit| !commit.is_empty()),
        }
    }

    /// True for people who run the platform.
    #[must_use]
    pub fn is_platform_admin(&self, person: &str) -> bool {
        self.platform_admins.iter().any(|admin| admin == person)
    }

    /// True for the platform's own names: what ends in the suffix, and the suffix itself.
    #[must_use]
    pub fn is_under_suffix(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        host.ends_with(&self.origin_suffix) || self.origin_suffix.strip_prefix('.') == Some(host.as_str())
    }

    /// An address of the organization with this label: `https://demo.hangtag.example/invitation/…`.
    #[must_use]
    pub fn page_of(&self, slug: &str, path: &str) -> String {
        format!("{}{path}", self.organization_origin.replace("{slug}", slug))
    }

    /// The organization's label in a host name (port allowed): `demo` in `demo.localhost:8787`. One label only.
    #[must_use]
    pub fn slug_of_host<'h>(&self, host: &'h str) -> Option<&'h str> {
        let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
        let at = name.len().checked_sub(self.origin_suffix.len())?;
        let (label, suffix) = (name.get(..at)?, name.get(at..)?);
        let whole =
            suffix.eq_ignore_ascii_case(&self.origin_suffix) && !label.is_empty() && !label.contains('.');
        whole.then_some(label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(suffix: &str) -> Config {
        Config::from_lookup(|name| match name {
            "ALLOWED_ORIGIN_SUFFIX" => Some(suffix.to_owned()),
            "PLATFORM_ADMINS" => Some(" user_a, user_b,, ".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn the_label_before_the_suffix_names_the_organization() {
        for suffix in ["localhost", ".localhost"] {
            let config = config(suffix);
            for (host, slug) in [
                ("demo.localhost:8787", Some("demo")),
                ("demo.localhost", Some("demo")),
                ("DEMO.LOCALHOST", Some("DEMO")),
                ("localhost:8787", None),
                (".localhost", None),
                ("a.b.localhost", None),
                ("demo.localhost.evil.example", None),
                ("127.0.0.1:8787", None),
                ("demolocalhost", None),
                ("", None),
                ("é.localhost", Some("é")),
            ] {
                assert_eq!(config.slug_of_host(host), slug, "{host}");
            }
        }
    }

    #[test]
    fn platform_admins_are_a_comma_list() {
        assert_eq!(config("x").platform_admins, ["user_a", "user_b"]);
        assert!(config("x").is_platform_admin("user_b"));
        assert!(!config("x").is_platform_admin(""));
    }
}
