//! Deployments against a wrangler that plays an account: it records what it is asked and gives prepared answers.

use std::{fmt::Write as _, fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use serde_json::json;

use super::{
    config::{self, Ids},
    plan::{Plan, Step},
    rollback, secrets,
    settings::{Screens, Settings, Target},
    steps::Deployer,
    wrangler::Wrangler,
};
use crate::workspace::Workspace;

const CONFIG: &str = include_str!("../../../wrangler.toml");
const EXAMPLE: &str = include_str!("../../../deploy/example.toml");

/// A checkout in a folder of its own, with a wrangler that plays.
struct Played {
    workspace: Workspace,
    folder: PathBuf,
}

impl Played {
    /// `answers` are shell patterns over the whole command line, with what is printed and the exit code, each for its
    /// first use and then the last one for ever.
    fn new(name: &str, answers: &[(&str, &[(&str, u8)])]) -> Self {
        let folder = std::env::temp_dir().join(format!("hangtag-deploy-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for part in ["node_modules/.bin", "migrations", "deploy", "answers"] {
            fs::create_dir_all(folder.join(part)).expect("a folder");
        }
        fs::write(folder.join("wrangler.toml"), CONFIG).expect("written");
        fs::write(folder.join("deploy/example.toml"), EXAMPLE).expect("written");
        for migration in ["0001_first.sql", "0002_second.sql"] {
            fs::write(folder.join("migrations").join(migration), "CREATE TABLE a (b);").expect("written");
        }
        let mut script =
            "#!/bin/sh\ncd \"$(dirname \"$0\")/../../answers\"\nprintf '%s\\n' \"$*\" >> calls\n".to_owned();
        script += "case \"$*\" in \"secret put\"*) printf '%s=%s\\n' \"$3\" \"$(cat)\" >> secrets ;; esac\n";
        script += "play() { n=$(cat \"$1.n\" 2>/dev/null || echo 0); [ -e \"$1.$n\" ] || n=$((n - 1)); ";
        script += "cat \"$1.$n\"; echo $((n + 1)) > \"$1.n\"; exit \"$(cat \"$1.$n.code\")\"; }\n";
        script += "case \"$*\" in\n";
        for (place, (pattern, turns)) in answers.iter().enumerate() {
            let _ = writeln!(script, "{}) play {place} ;;", pattern.replace(' ', "\\ "));
            for (turn, (said, code)) in turns.iter().enumerate() {
                fs::write(folder.join(format!("answers/{place}.{turn}")), said).expect("written");
                fs::write(folder.join(format!("answers/{place}.{turn}.code")), code.to_string())
                    .expect("written");
            }
        }
        script += "esac\necho \"nobody prepared: $*\"\nexit 9\n";
        let program = folder.join("node_modules/.bin/wrangler");
        fs::write(&program, script).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("executable");
        Self { workspace: Workspace::at(folder.clone()), folder }
    }

    fn wrangler(&self) -> Wrangler<'_> {
        Wrangler::new(&self.workspace, None)
    }

    fn deploy(&self, target: Target, screens: Screens) -> anyhow::Result<()> {
        let config = config::committed(&self.workspace)?;
        let settings = Settings::example(&self.workspace)?;
        let value =
            |name: &str| name.strip_prefix(secrets::VARIABLE_PREFIX).map(|name| format!("value of {name}"));
        self.wrangler().signed_in()?;
        Deployer::new(&self.workspace, self.wrangler(), settings, target, screens)
            .finding_secrets(value)
            .follow(&Plan::of(&config, target, screens)?)
    }

    fn said(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join("answers").join(name)).unwrap_or_default()
    }

    fn calls(&self) -> Vec<String> {
        let root = format!("{}/", self.folder.display());
        self.said("calls").lines().map(|line| line.replace(&root, "")).collect()
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

const SIGNED_IN: (&str, &[(&str, u8)]) = ("whoami*", &[("{\"loggedIn\":true}", 0)]);

/// An account in which everything of staging is there already.
const ESTABLISHED: [(&str, &[(&str, u8)]); 10] = [
    SIGNED_IN,
    ("d1 list*", &[("banner\n[{\"uuid\":\"db-1\",\"name\":\"hangtag-staging\"}]", 0)]),
    ("kv namespace list*", &[("[{\"id\":\"kv-1\",\"title\":\"hangtag-staging-cache\"}]", 0)]),
    (
        "r2 bucket create*",
        &[("The bucket you tried to create already exists, and you own it. [code: 10004]", 1)],
    ),
    ("queues create*", &[("Queue name 'x' is already taken. Please use a different name. [code: 11009]", 1)]),
    (
        "secret list*",
        &[(
            "[{\"name\":\"VAULT_KEY\"},{\"name\":\"CHECKPOINT_KEY\"},{\"name\":\"CLERK_WEBHOOK_SECRET\"},\
             {\"name\":\"MAILCHIMP_KEY\"},{\"name\":\"MAILCHIMP_WEBHOOK_KEY\"},{\"name\":\"METRICS_TOKEN\"}]",
            0,
        )],
    ),
    ("secret put*", &[("Success", 0)]),
    ("d1 migrations apply*", &[("No migrations to apply!", 0)]),
    ("deploy*", &[("Uploaded\nCurrent Version ID: v-9\n", 0)]),
    ("pages*", &[("done", 0)]),
];

#[test]
fn nobody_signed_in_is_one_sentence_and_one_call() {
    let played = Played::new("unsigned", &[("whoami*", &[("{\"loggedIn\":false}", 1)])]);
    let error = played.deploy(Target::Staging, Screens::Worker).expect_err("refused").to_string();
    assert!(error.starts_with("wrangler is not signed in"), "{error}");
    assert_eq!(played.calls(), ["whoami --json"]);
}

#[test]
fn an_empty_account_gets_everything_in_order() {
    let mut answers = ESTABLISHED;
    let listed: &[(&str, u8)] = &[("[]", 0), ("[{\"uuid\":\"db-1\",\"name\":\"hangtag\"}]", 0)];
    answers[1] = ("d1 list*", listed);
    answers[2] = ("kv namespace list*", &[("[]", 0), ("[{\"id\":\"kv-1\",\"title\":\"hangtag-cache\"}]", 0)]);
    answers[3] = ("r2 bucket create*", &[("Created", 0)]);
    answers[4] = ("queues create*", &[("Created", 0)]);
    answers[5] = ("secret list*", &[("Worker \"hangtag\" not found.\n\nIf this is a new Worker, …", 1)]);
    let mut all = answers.to_vec();
    all.extend([("d1 create*", [("made", 0)].as_slice()), ("kv namespace create*", &[("made", 0)])]);
    let played = Played::new("empty", &all);
    played.deploy(Target::Production, Screens::Worker).expect("deployed");

    let calls = played.calls();
    let place = |words: &str| {
        calls.iter().position(|call| call.starts_with(words)).unwrap_or_else(|| panic!("{words}: {calls:#?}"))
    };
    let order = [
        "whoami",
        "d1 create hangtag",
        "kv namespace create hangtag-cache",
        "r2 bucket create hangtag-archive",
        "queues create hangtag-log-advanced-dead",
        "queues create hangtag-log-advanced",
        "secret list --config wrangler.production.json",
        "secret put VAULT_KEY",
        "d1 migrations apply DB --remote --config wrangler.production.json",
        "deploy --config wrangler.production.json --message",
    ];
    assert!(order.map(place).is_sorted(), "{calls:#?}");
    assert!(calls.last().is_some_and(|call| call.ends_with("migrations up to 0002")), "{calls:#?}");
    let secrets = played.said("secrets");
    assert!(secrets.contains("VAULT_KEY=value of VAULT_KEY"), "{secrets}");
    assert!(!calls.iter().any(|call| call.contains("value of")), "no value on a command line: {calls:#?}");

    let written = fs::read_to_string(played.folder.join("wrangler.production.json")).expect("written");
    let config: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    assert_eq!(config["d1_databases"][0]["database_id"], "db-1");
    assert_eq!(config["kv_namespaces"][0]["id"], "kv-1");
    assert_eq!(config["vars"]["ENVIRONMENT"], "production");
    assert_eq!(config["routes"], json!([{"pattern": "*.hangtag.example/*", "zone_name": "hangtag.example"}]));
    assert!(!written.contains("127.0.0.1"), "nothing of one machine alone");
}

#[test]
fn a_second_deployment_makes_nothing_and_asks_for_no_secret() {
    let played = Played::new("second", &ESTABLISHED);
    played.deploy(Target::Staging, Screens::Worker).expect("deployed");
    let calls = played.calls();
    assert!(
        !calls.iter().any(|call| call.starts_with("d1 create") || call.starts_with("secret put")),
        "{calls:#?}"
    );
    assert!(calls.iter().any(|call| call == "queues create hangtag-staging-log-advanced-dead"), "{calls:#?}");
    let written = fs::read_to_string(played.folder.join("wrangler.staging.json")).expect("written");
    let config: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    assert_eq!(config["name"], "hangtag-staging");
    assert_eq!(config["queues"]["consumers"][0]["dead_letter_queue"], "hangtag-staging-log-advanced-dead");
    assert_eq!(config["ratelimits"][0]["namespace_id"], "2001", "counts apart from production's");
}

#[test]
fn a_missing_secret_stops_before_schema_and_worker() {
    let mut answers = ESTABLISHED;
    answers[5] = ("secret list*", &[("[{\"name\":\"VAULT_KEY\"}]", 0)]);
    let played = Played::new("secretless", &answers);
    let (target, screens) = (Target::Staging, Screens::Worker);
    let plan =
        Plan::of(&config::committed(&played.workspace).expect("read"), target, screens).expect("a plan");
    let settings = Settings::example(&played.workspace).expect("read");
    let error = Deployer::new(&played.workspace, played.wrangler(), settings, target, screens)
        .finding_secrets(|_| None)
        .follow(&plan)
        .expect_err("no terminal, no variable");
    assert!(format!("{error:#}").contains("HANGTAG_SECRET_CHECKPOINT_KEY"), "{error:#}");
    let calls = played.calls();
    assert!(!calls.iter().any(|call| call.starts_with("secret put") || call.contains("apply")), "{calls:#?}");
}

#[test]
fn pages_serves_the_screens_and_the_worker_the_api() {
    let played = Played::new("pages", &ESTABLISHED);
    played.deploy(Target::Staging, Screens::Pages).expect("deployed");
    let calls = played.calls();
    assert!(
        calls
            .iter()
            .any(|call| call == "pages deploy frontend/dist --project-name hangtag-staging --branch staging"),
        "{calls:#?}"
    );
    let written = fs::read_to_string(played.folder.join("wrangler.staging.json")).expect("written");
    let config: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    assert_eq!(config.get("assets"), None);
    assert_eq!(config["routes"][0]["pattern"], "*.hangtag.example/api/*");
}

#[test]
fn a_variable_without_a_value_here_is_named() {
    let committed = json!({"name": "hangtag", "vars": {"CLERK_ISSUER": "http://127.0.0.1", "NEW_ONE": ""}});
    let settings = Settings {
        zone: "a.example".to_owned(),
        suffix: ".a.example".to_owned(),
        account: None,
        variables: [("CLERK_ISSUER".to_owned(), "https://clerk.a.example".to_owned())].into(),
    };
    let of = |settings: &Settings| {
        config::of(committed.clone(), Target::Production, Screens::Worker, settings, &Ids::new(), "c0ffee")
    };
    assert_eq!(
        of(&settings).expect_err("refused").to_string(),
        "the settings of production do not say NEW_ONE"
    );
    let mut whole = settings;
    whole.variables.insert("NEW_ONE".to_owned(), String::new());
    assert_eq!(of(&whole).expect("whole")["vars"]["CLERK_ISSUER"], "https://clerk.a.example");
}

#[test]
fn the_plan_reads_as_a_list() {
    let config: serde_json::Value = toml::from_str(CONFIG).expect("TOML");
    let plan = Plan::of(&config, Target::Staging, Screens::Worker).expect("a plan");
    let said = plan.to_string();
    assert!(said.starts_with("staging:\n   1  D1 database hangtag-staging (as DB)\n"), "{said}");
    assert!(said.ends_with("  the Worker"), "{said}");
    let at = |wanted: &Step| plan.steps.iter().position(|step| step == wanted);
    let queue = |name: &str| at(&Step::Queue(name.to_owned()));
    assert!(queue("hangtag-staging-log-advanced-dead") < queue("hangtag-staging-log-advanced"));
    assert!(at(&Step::Schema("DB".to_owned())) < at(&Step::Worker), "old code reads new columns");
}

const DEPLOYMENTS: &str = "[{\"created_on\":\"2026-11-01\",\"versions\":[{\"version_id\":\"v-1\"}]},\
    {\"created_on\":\"2026-11-02\",\"versions\":[{\"version_id\":\"v-2\"}]}]";

fn rolled_back(name: &str, message: &str, wanted: Option<&str>) -> (Played, anyhow::Result<()>) {
    let view = json!({"annotations": {"workers/message": message}}).to_string();
    let played = Played::new(
        name,
        &[
            SIGNED_IN,
            ("deployments list*", &[(DEPLOYMENTS, 0)]),
            ("versions view*", &[(&view, 0)]),
            ("rollback*", &[("done", 0)]),
        ],
    );
    fs::write(played.folder.join("migrations/0003_third.sql"), "ALTER TABLE a DROP COLUMN b;")
        .expect("written");
    let outcome = rollback::run(&played.workspace, &played.wrangler(), Target::Staging, wanted);
    (played, outcome)
}

#[test]
fn a_roll_back_puts_the_version_before_in_place() {
    let (played, outcome) = rolled_back("back", "c0ffee, migrations up to 0003", None);
    outcome.expect("rolled back");
    assert!(played.calls().iter().any(|call| call.starts_with("rollback v-1 --name hangtag-staging")));
}

#[test]
fn a_roll_back_over_a_migration_that_takes_something_away_is_refused() {
    let (played, outcome) = rolled_back("blocked", "c0ffee, migrations up to 0002", Some("v-7"));
    let error = outcome.expect_err("refused").to_string();
    assert!(error.contains("0003_third.sql is not backwards readable"), "{error}");
    assert!(!played.calls().iter().any(|call| call.starts_with("rollback")));
}

#[test]
fn a_version_that_says_nothing_of_its_migrations_does_not_come_back() {
    let (played, outcome) = rolled_back("silent", "", None);
    assert!(outcome.expect_err("refused").to_string().contains("does not say which migrations"));
    assert!(!played.calls().iter().any(|call| call.starts_with("rollback")));
}
