//! Where things of organizations may be named at all. Keys and rows are made from a `Scope` (`domain::tenancy`), which
//! does not compile without one; these are the few places that may vouch for a `Scope`, or reach a store past it.

use super::tokens::File;

/// Words, the files (or folders) that may say them, and what to do elsewhere.
const DOORS: [(&[&str], &[&str], &str); 5] = [
    (
        &["Authority", ":", ":"],
        &[
            "domain/src/tenancy.rs",
            // The host name, looked up.
            "src/http/tenant.rs",
            // The platform's own routes, which name an organization.
            "src/http/api/platform_steps.rs",
            "src/http/api/clerk_webhooks.rs",
            // A signed delivery that repeats what we told the provider.
            "src/http/api/mailchimp_webhooks.rs",
        ],
        "vouches for an organization: take the `Scope` of the tenant or of the log",
    ),
    (
        &[".", "d1", "("],
        &["src/adapters/database.rs", "src/queues", "src/objects/testing.rs"],
        "reaches the database past `Rows`, which binds the organization",
    ),
    (
        &[".", "kv", "("],
        &["src/http/directory.rs", "src/adapters"],
        "reaches the cache past `CacheKey`, which begins with the organization",
    ),
    (
        &["Cache", ":", ":"],
        &["src/http/cache.rs"],
        "reaches the location's cache past `Version`, which begins with the organization",
    ),
    (
        &[".", "bucket", "("],
        &["src/adapters", "src/objects", "src/queues"],
        "reaches the archive past `ArchiveKey`, which begins with the organization",
    ),
];

/// What is wrong with what stands at this place, if anything.
pub fn misplaced(path: &str, file: &File, at: usize) -> Option<String> {
    // Tools that look at one deployment from outside have no organization to forget.
    if !path.starts_with("src/") && !path.starts_with("domain/") {
        return None;
    }
    let (words, _, instead) = DOORS
        .iter()
        .find(|(words, homes, _)| file.says(at, words) && !homes.iter().any(|home| path.starts_with(home)))?;
    Some(format!("`{}` {instead}", words.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_reached_at_their_doors_only() {
        for (path, text, found) in [
            ("src/http/api/items.rs", "fn a() { env.d1(\"DB\") }", 1),
            ("src/adapters/database.rs", "fn a() { env.d1(\"DB\") }", 0),
            ("src/http/api/items.rs", "fn a() { env.kv(\"CACHE\"); env.bucket(\"A\"); }", 2),
            ("src/http/api/items.rs", "fn a() { Scope::vouched(id, Authority::Platform) }", 1),
            ("src/http/api/items.rs", "fn a() { Cache::default() }", 1),
            ("src/http/cache.rs", "fn a() { Cache::default() }", 0),
            ("src/http/tenant.rs", "fn a() { Scope::vouched(id, Authority::Directory) }", 0),
            ("src/http/api/items.rs", "fn a() { tenant.rows(edge) }", 0),
            ("xtask/src/proofs/torture.rs", "fn a() { doors.d1(sql) }", 0),
        ] {
            let file = File::read(text).expect("Rust");
            let findings = (0..file.tokens.len()).filter_map(|at| misplaced(path, &file, at)).count();
            assert_eq!(findings, found, "{path}: {text}");
        }
    }
}
