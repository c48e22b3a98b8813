//! Something to see on the first start: two organizations, an event with its items, an open sale session.
//!
//! Everything goes through the real API as the people who would do it. Each command has a fixed idempotency
//! key, so a seeding that was interrupted goes on where it stopped.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::{
    http::{Body, Client},
    platform::Platform,
    say::{self, Step},
    workspace::Workspace,
};

/// What a new state is filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Seed {
    /// Two organizations, one event with the demo inventory, an open session.
    Demo,
    /// As `demo`, and a second event with 100,000 items.
    Large,
    /// Nothing at all.
    None,
}

/// Items of the large event: the size that the platform is laid out for.
const LARGE_ITEMS: usize = 100_000;

/// Rows of one generated import: well under the 2 MiB that one import may have.
const LARGE_IMPORT_ROWS: usize = 2_000;

/// The longest that a session may take to take its items into custody.
const OPENING_LIMIT: Duration = Duration::from_mins(3);

/// How often we ask whether it has.
const OPENING_POLL: Duration = Duration::from_millis(200);

/// What the demo people are in the demo organization, besides Olivia, who is its first admin.
const PEOPLE: [(&str, &str); 4] = [
    ("user_demo_ed", "event_admin"),
    ("user_demo_sue", "support"),
    ("user_demo_val", "volunteer"),
    ("user_demo_cora", "consignor"),
];

/// The demo inventory.
const INVENTORY: &str = "demo/inventory.csv";

/// The statuses between a new event and one that sells, in order.
const UNTIL_INTAKE: [&str; 2] = ["registration", "intake"];

/// Fills the platform unless that has been done to this state before.
///
/// # Errors
/// When the platform refuses something, with what it said.
pub fn ensure(workspace: &Workspace, platform: &Platform, seed: Seed) -> Result<()> {
    if seed == Seed::None {
        return Ok(());
    }
    let state = &platform.settings().state;
    if !is_done(state, Seed::Demo) {
        say::step("Seeding the demo organization", |step| demo(workspace, platform, step))?;
        done(state, Seed::Demo)?;
    }
    if seed == Seed::Large && !is_done(state, Seed::Large) {
        say::step("Seeding an event of 100,000 items", |step| large(workspace, platform, step))?;
        done(state, Seed::Large)?;
    }
    Ok(())
}

fn marker(state: &Path, seed: Seed) -> PathBuf {
    state.join(if seed == Seed::Large { "seeded-large" } else { "seeded-demo" })
}

fn is_done(state: &Path, seed: Seed) -> bool {
    marker(state, seed).exists()
}

fn done(state: &Path, seed: Seed) -> Result<()> {
    fs::write(marker(state, seed), "").context("the state folder cannot be written")
}

fn demo(workspace: &Workspace, platform: &Platform, step: &Step) -> Result<()> {
    step.detail("organizations");
    organizations(platform)?;
    let olivia = olivia(platform)?;
    step.detail("people");
    for (person, role) in PEOPLE {
        introduce(platform, person)?;
        olivia.put(&format!("/api/v1/members/{person}/roles/{role}"))?;
    }
    step.detail("event");
    let event = create_event(&olivia, "demo", "Spring Children's Sale")?;
    step.detail("inventory");
    let inventory = fs::read(workspace.path(INVENTORY)).context("the demo inventory is missing")?;
    import(&olivia, &event, "seed-demo-import", &inventory)?;
    advance(&olivia, &event, "demo", "selling")?;
    step.detail("sale session");
    open_session(&olivia, &event, "demo", "Saturday, main hall")
}

/// Has the identity provider tell who somebody is, as it does when they join: their address is where mails go.
fn introduce(platform: &Platform, person: &str) -> Result<()> {
    let to = format!("http://platform.localhost:{}/api/v1/webhooks/clerk", platform.settings().port);
    let body =
        json!({"to": to, "type": "organizationMembership.created", "user": person, "organization": "demo"});
    platform.sandbox().post("/testing/webhooks", &format!("seed-introduce-{person}"), Body::Json(&body))?;
    Ok(())
}

/// The two organizations, with nothing in them.
///
/// # Errors
/// When the platform refuses.
pub fn organizations(platform: &Platform) -> Result<()> {
    let super_admin = signed_in(platform, "platform", "user_demo_super", None)?;
    for (slug, name, first_admin) in [
        ("demo", "Maple Street Consignment", "user_demo_olivia"),
        ("other", "Riverside Swap", "user_other_otto"),
    ] {
        let body = json!({"slug": slug, "name": name, "currency": "USD", "time_zone": "America/Chicago", "first_admin": first_admin});
        super_admin.post(
            "/api/v1/platform/organizations",
            &format!("seed-organization-{slug}"),
            Body::Json(&body),
        )?;
    }
    Ok(())
}

fn large(workspace: &Workspace, platform: &Platform, step: &Step) -> Result<()> {
    let sample = fs::read_to_string(workspace.path(INVENTORY)).context("the demo inventory is missing")?;
    let event = create_event(&olivia(platform)?, "large", "County Fair Sale (100,000 items)")?;
    step.count(LARGE_ITEMS as u64);
    for (number, (rows, csv)) in large_imports(&sample)?.into_iter().enumerate() {
        // A token lives a minute, an import of all items longer.
        import(&olivia(platform)?, &event, &format!("seed-large-import-{number}"), csv.as_bytes())?;
        step.advance(rows as u64);
    }
    let olivia = olivia(platform)?;
    advance(&olivia, &event, "large", "selling")?;
    open_session(&olivia, &event, "large", "Friday, all halls")
}

/// A client that is signed in as the demo organization's admin; its token lives a minute.
///
/// # Errors
/// When the sandbox gives no token.
pub fn olivia(platform: &Platform) -> Result<Client> {
    signed_in(platform, "demo", "user_demo_olivia", Some("demo"))
}

fn signed_in(platform: &Platform, host: &str, user: &str, organization: Option<&str>) -> Result<Client> {
    Ok(platform.client(host).with_token(&token(&platform.sandbox(), user, organization)?))
}

/// A token from the sandbox's door for tests.
///
/// # Errors
/// When the sandbox is not there or does not know the person.
pub fn token(sandbox: &Client, user: &str, organization: Option<&str>) -> Result<String> {
    let body = json!({"user": user, "organization": organization});
    let answer = sandbox.post("/testing/tokens", "seed", Body::Json(&body))?;
    Ok(text(&answer, "jwt")?.to_owned())
}

fn create_event(client: &Client, key: &str, name: &str) -> Result<String> {
    let created =
        client.post("/api/v1/events", &format!("seed-{key}-event"), Body::Json(&json!({"name": name})))?;
    let event = text(&created, "id")?.to_owned();
    for status in UNTIL_INTAKE {
        advance(client, &event, key, status)?;
    }
    Ok(event)
}

fn advance(client: &Client, event: &str, key: &str, status: &str) -> Result<()> {
    let path = format!("/api/v1/events/{event}/transitions");
    client.post(&path, &format!("seed-{key}-{status}"), Body::Json(&json!({"to": status})))?;
    Ok(())
}

/// Imports a file of which every row must be taken: a seed that refuses rows is out of date.
fn import(client: &Client, event: &str, key: &str, csv: &[u8]) -> Result<()> {
    let answer = client.post(&format!("/api/v1/events/{event}/imports"), key, Body::Csv(csv))?;
    if answer["accepted"].as_u64().unwrap_or_default() == 0 {
        bail!("the platform accepted no row of the inventory: {answer}");
    }
    Ok(())
}

/// Opens a session and waits until its items are in its custody.
fn open_session(client: &Client, event: &str, key: &str, name: &str) -> Result<()> {
    let body = json!({"name": name, "channels": ["floor"]});
    let created = client.post(
        &format!("/api/v1/events/{event}/sessions"),
        &format!("seed-{key}-session"),
        Body::Json(&body),
    )?;
    let session = text(&created, "id")?;
    client.post(
        &format!("/api/v1/sessions/{session}/open"),
        &format!("seed-{key}-open"),
        Body::Json(&json!({})),
    )?;
    let deadline = Instant::now() + OPENING_LIMIT;
    loop {
        let answer = client.get(&format!("/api/v1/sessions/{session}"))?;
        if answer["status"] == "open" {
            return Ok(());
        }
        if Instant::now() >= deadline {
            bail!("the session has not opened: {answer}");
        }
        std::thread::sleep(OPENING_POLL);
    }
}

fn text<'a>(answer: &'a Value, field: &str) -> Result<&'a str> {
    answer[field].as_str().with_context(|| format!("no `{field}` in the answer {answer}"))
}

/// The demo inventory over and over until there are enough rows, in pieces that one import takes; each with
/// its number of rows. Every round brings consignors of its own, so that nobody brings a thing twice.
fn large_imports(sample: &str) -> Result<Vec<(usize, String)>> {
    let mut lines = sample.lines();
    let header = lines.next().context("the demo inventory is empty")?;
    let rows: Vec<&str> = lines.filter(|row| in_round(row, 1).is_some()).collect();
    if rows.is_empty() {
        bail!("the demo inventory has no rows");
    }
    let mut endless = (1..).flat_map(|round| rows.iter().filter_map(move |row| in_round(row, round)));
    let mut imports = Vec::new();
    let mut left = LARGE_ITEMS;
    while left > 0 {
        let count = left.min(LARGE_IMPORT_ROWS);
        let mut csv = format!("{header}\n");
        for row in endless.by_ref().take(count) {
            writeln!(csv, "{row}")?;
        }
        imports.push((count, csv));
        left -= count;
    }
    Ok(imports)
}

/// A row as the consignors of another round would bring it; `None` for the awkward rows, which are quoted or
/// belong to nobody.
fn in_round(row: &str, round: u64) -> Option<String> {
    /// Numbers between one round's consignors and the next one's; the sample has 60 of them.
    const ROUND_STEP: u64 = 100;
    if row.contains('"') {
        return None;
    }
    let mut fields: Vec<String> = row.split(',').map(str::to_owned).collect();
    let number: u64 = fields.first()?.parse().ok()?;
    let [first, _name, email, .., reference] = fields.as_mut_slice() else { return None };
    *first = (number + ROUND_STEP * round).to_string();
    *email = format!("round{round}.{email}");
    *reference = format!("{round}-{reference}");
    Some(fields.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_large_event_is_whole_and_in_pieces() {
        let sample = "number,name,email,title,reference\n101,A,a@example.org,shoes,101-1\n,,,odd,\n102,B,b@example.org,\"a, b\",102-1\n";
        let imports = large_imports(sample).expect("there are rows");
        assert_eq!(imports.iter().map(|(rows, _)| rows).sum::<usize>(), LARGE_ITEMS);
        assert!(
            imports.iter().all(|(rows, csv)| csv.lines().count() == rows + 1 && csv.starts_with("number,"))
        );
        assert!(imports[0].1.contains("\n301,A,round2.a@example.org,shoes,2-101-1\n"));
        assert!(large_imports("title,price\n").is_err());
    }
}
