//! Seeded worlds, asked by the tool and by the domain itself: `cargo xtask prove replay`.
//!
//! Prints one JSON line of figures; ends with 1 where an answer differs, and says which seed.
#![allow(missing_docs, dead_code, clippy::unwrap_used, clippy::panic, reason = "a proof")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::naive_bytecount,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a proof"
)]

#[path = "../support/mod.rs"]
mod support;

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use domain::aggregate::Aggregate;
use domain::consignment_event::ConsignmentEvent;
use domain::ids::RemoteId;
use domain::journal::{EventCodec, RawEntry};
use domain::money::{BasisPoints, Cents};
use domain::reconciliation::{Class, RunKind};
use domain::sale_session::SaleSession;
use domain::settlement::{Method, Settled, compare};
use domain::storefront::{AgreedSale, Agreement, AgreementKind, FetchedOrder, SaleKind};
use replay_tool::files::file_name;
use replay_tool::logs::Logs;
use replay_tool::reconcile::{Asked, read_export, reconcile};
use replay_tool::scan::{Nothing, ScanError, scan};
use replay_tool::settle::choose;
use replay_tool::story::statement::tell;
use replay_tool::timeline::{At, fold};
use replay_tool::what_if::{Wishes, what_if};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::json;
use support::world::{Size, World};

/// Bytes flipped in each log of each world.
const FLIPS: u64 = 60;

/// What was counted.
#[derive(Default, Serialize)]
struct Figures {
    worlds: u64,
    entries: u64,
    states: u64,
    statements: u64,
    what_ifs: u64,
    rows_compared: u64,
    differences_planted: u64,
    differences_found: u64,
    bytes_flipped: u64,
    bytes_named: u64,
}

type Claim = Result<(), String>;

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let [seed, seeds, seconds] = numbers.as_slice() else {
        eprintln!("prove SEED SEEDS SECONDS");
        return ExitCode::from(2);
    };
    let folder = std::env::temp_dir().join(format!("hangtag-prove-{}", std::process::id()));
    let (begun, limit) = (Instant::now(), Duration::from_secs(*seconds));
    let mut figures = Figures::default();
    let mut refuted = None;
    for seed in *seed..seed + seeds {
        if figures.worlds > 0 && begun.elapsed() > limit {
            break;
        }
        if let Err(why) = one_world(seed, &folder, &mut figures) {
            refuted = Some(format!("seed {seed}: {why}"));
            break;
        }
        figures.worlds += 1;
    }
    let _ = fs::remove_dir_all(&folder);
    println!("{}", json!(figures));
    match refuted {
        None => ExitCode::SUCCESS,
        Some(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn same<T: PartialEq + Debug>(what: &str, tool: &T, domain: &T) -> Claim {
    if tool == domain {
        Ok(())
    } else {
        Err(format!("{what}: the tool says {tool:?}, the domain {domain:?}"))
    }
}

fn one_world(seed: u64, folder: &Path, figures: &mut Figures) -> Claim {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let n = seed as u32;
    let size =
        Size { consignors: 3 + n % 5, items: 60 + n % 40, receipts: 3 + n % 8, close: false, online: true };
    let mut world = World::new(seed, size);
    let orders = world.online();
    let troubled = seed.is_multiple_of(2);
    if troubled {
        world.trouble();
    }
    world.fees(3);
    world.shift(2);
    world.close();
    if !troubled {
        world.late_return();
    }
    let settled = world.settle();
    for (name, lines) in world.exports() {
        fs::write(folder.join(name), support::file(&lines)).map_err(|error| error.to_string())?;
    }
    let logs = Logs::find(&[folder.to_owned()]).map_err(|error| error.to_string())?;
    heads_and_states(&world, folder, seed, figures)?;
    statements(&logs, &settled, figures)?;
    other_plan(&logs, &settled, figures)?;
    rows(&world, folder, figures)?;
    the_store(&logs, &world, &orders, figures)?;
    flips(&world, seed, figures)
}

/// `verify` and `state --at`: heads and states are those of whoever wrote the logs.
fn heads_and_states(world: &World, folder: &Path, seed: u64, figures: &mut Figures) -> Claim {
    for (pin, log) in world.logs() {
        let file = folder.join(file_name(&pin.stream));
        let input = fs::File::open(&file).map_err(|error| error.to_string())?;
        let verified = scan(input, 2, &Nothing, |()| Ok(())).map_err(|error| error.to_string())?;
        same("head", &verified.head, &pin.head())?;
        figures.entries += log.len() as u64;
    }
    let [_, (event_pin, event_log), (session_pin, session_log)] = world.logs();
    let (event, session) = world.states();
    state::<ConsignmentEvent>(&folder.join(file_name(&event_pin.stream)), event_log, event, seed, figures)?;
    state::<SaleSession>(&folder.join(file_name(&session_pin.stream)), session_log, session, seed, figures)
}

fn state<A>(file: &Path, log: &[RawEntry], at_the_end: &A::State, seed: u64, figures: &mut Figures) -> Claim
where
    A: Aggregate,
    A::Event: Send,
    A::State: PartialEq,
{
    let told = fold::<A>(file, At::End, 2).map_err(|error| error.to_string())?;
    same("state is the domain's", &(told.state == *at_the_end), &true)?;
    let at = 1 + seed.wrapping_mul(7_919) % log.len() as u64;
    let told = fold::<A>(file, At::Seq(at), 1).map_err(|error| error.to_string())?;
    let mut own = A::State::default();
    for entry in log.iter().take(at as usize) {
        let event = A::Event::decode(entry).unwrap().event;
        A::evolve(&mut own, &event, entry.recorded_at);
    }
    figures.states += 2;
    same("state at an entry is the domain's", &(told.state == own), &true)
}

/// `explain statement`: the record, and the fold over the files, are what was settled.
fn statements(logs: &Logs, settled: &Settled, figures: &mut Figures) -> Claim {
    let chosen = choose(logs, None, 2).map_err(|error| error.to_string())?;
    for consignor in settled.consignors() {
        let own = settled.statement(consignor).map_err(|error| error.to_string())?;
        let story = tell(logs, &chosen, consignor, 2).map_err(|error| error.to_string())?;
        same("differences", &story.differences, &Vec::new())?;
        same("recalculated", &story.recalculated, &true)?;
        same("totals", &story.totals, &own.totals)?;
        let lines: Vec<_> = story.lines.into_iter().map(|line| line.line).collect();
        same("lines", &lines, &own.lines)?;
        figures.statements += 1;
    }
    Ok(())
}

/// `what-if`: another plan, as the domain compares it.
fn other_plan(logs: &Logs, settled: &Settled, figures: &mut Figures) -> Claim {
    let chosen = choose(logs, None, 2).map_err(|error| error.to_string())?;
    let wishes = Wishes { regular: Some(BasisPoints(5_500)), ..Wishes::default() };
    let told = what_if(logs, &chosen, Method::default(), &wishes, 2).map_err(|error| error.to_string())?;
    let mut plan = told.plan.clone();
    plan.regular.base = BasisPoints(5_500);
    let otherwise = settled.by_method(Method { plan: Some(plan), ..Method::default() });
    let all = |settled: &Settled| settled.statements().map_err(|error| error.to_string());
    let own = compare(&all(settled)?, &all(&otherwise)?).map_err(|error| error.to_string())?;
    same("what-if", &told.compared, &own)?;
    same("the house's part", &told.compared.house_differs_by.0, &-told.compared.shares_differ_by.0)?;
    figures.what_ifs += 1;
    Ok(())
}

/// `project`: at once and in two goes makes the same rows, and as many as the states hold.
fn rows(world: &World, folder: &Path, figures: &mut Figures) -> Claim {
    let (whole, parts) = (folder.join("whole.sqlite"), folder.join("parts.sqlite"));
    let cut = folder.join("cut");
    fs::create_dir_all(&cut).map_err(|error| error.to_string())?;
    for (name, lines) in world.exports() {
        let half = support::cut_export(&lines, lines.len() / 2);
        fs::write(cut.join(name), support::file(&half)).map_err(|error| error.to_string())?;
    }
    run(&["project", &path(folder), "--into", &path(&whole), "--json"])?;
    run(&["project", &path(&cut), "--into", &path(&parts), "--json"])?;
    let compared =
        run(&["project", &path(folder), "--into", &path(&parts), "--compare", &path(&whole), "--json"])?;
    let report: serde_json::Value = serde_json::from_str(&compared).map_err(|error| error.to_string())?;
    figures.rows_compared += report["comparison"]["rows_equal"].as_u64().unwrap_or(0);
    let rows = Connection::open(&whole).map_err(|error| error.to_string())?;
    let count = |table: &str| -> i64 {
        rows.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    let (event, session) = world.states();
    same("items", &count("item"), &(event.items.len() as i64))?;
    same("receipts", &count("receipt"), &(session.receipts.len() as i64))
}

fn run(arguments: &[&str]) -> Result<String, String> {
    let own: PathBuf = std::env::current_exe().map_err(|error| error.to_string())?;
    let tool = own.parent().and_then(Path::parent).unwrap().join("replay-tool");
    let output = Command::new(tool).args(arguments).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!(
        "{arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// `reconcile`: nothing where both sides agree; each planted difference once, with its class and its cents.
fn the_store(logs: &Logs, world: &World, orders: &[FetchedOrder], figures: &mut Figures) -> Claim {
    same("findings", &found(logs, orders)?, &Vec::new())?;
    let mut changed = orders.to_vec();
    changed[0].agreements[0].sales[0].amount.0 += 100;
    let later = changed[1].updated_at + 1;
    changed[1].agreements.push(Agreement {
        agreement: RemoteId(900),
        kind: AgreementKind::Refund,
        happened_at: later,
        refund: Some(RemoteId(901)),
        sales: vec![AgreedSale {
            kind: SaleKind::Adjustment,
            line: None,
            tag: None,
            quantity: 0,
            amount: Cents(-150),
            tax: Cents::ZERO,
            restock: false,
        }],
    });
    let tag = domain::tag::Tag::new(1, 1).unwrap();
    changed.push(world.order(7, &[(tag, Cents(1_000))]));
    let mut planted =
        vec![(Class::Price, 100), (Class::PartialRefundWithAdjustment, -150), (Class::MissingHere, 1_130)];
    let mut seen = found(logs, &changed)?;
    planted.sort_unstable();
    seen.sort_unstable();
    figures.differences_planted += planted.len() as u64;
    figures.differences_found += seen.len() as u64;
    same("findings", &seen, &planted)
}

fn found(logs: &Logs, orders: &[FetchedOrder]) -> Result<Vec<(Class, i64)>, String> {
    let chosen = choose(logs, None, 2).map_err(|error| error.to_string())?;
    let text = support::store::bulk(orders);
    let export = read_export(text.as_bytes(), &chosen.currency, false).map_err(|error| error.to_string())?;
    let asked = Asked { kind: RunKind::Full, now: None };
    let found = reconcile(logs, &chosen, vec![export], asked, 2).map_err(|error| error.to_string())?;
    Ok(found.findings.into_iter().map(|finding| (finding.class, finding.difference.0)).collect())
}

/// A byte flipped anywhere in a log is noticed, at its line or the one behind it.
fn flips(world: &World, seed: u64, figures: &mut Figures) -> Claim {
    let mut random = seed | 1;
    for (name, lines) in world.exports() {
        let whole = support::file(&lines);
        for _ in 0..FLIPS {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (random >> 24) as usize % whole.len();
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << ((random >> 8) % 8);
            figures.bytes_flipped += 1;
            let Err(ScanError::Fault(fault)) = scan(damaged.as_slice(), 2, &Nothing, |()| Ok(())) else {
                return Err(format!("{name}: byte {at} was flipped, and nobody noticed"));
            };
            let line = whole[..at].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            // What the header says is held against the first entry and against the closing line.
            if fault.line == line || fault.line == line + 1 || line == 1 {
                figures.bytes_named += 1;
            } else {
                return Err(format!("{name}: byte {at} was flipped on line {line}, but {fault}"));
            }
        }
    }
    Ok(())
}
