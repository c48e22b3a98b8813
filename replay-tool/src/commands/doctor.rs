//! `doctor`: is everything in order?

mod platform;

use std::path::PathBuf;

use replay_tool::doctor::{Diagnosis, Severity, examine};
use replay_tool::logs::Logs;
use serde::Serialize;

use self::platform::Asked;
use super::evidence::Legend;
use crate::cli::{Common, DoctorArgs};
use crate::output::{Out, Tone, tame};
use crate::{Answer, Failure, Outcome};

/// The diagnosis, for programs.
#[derive(Serialize)]
struct Told<'a> {
    healthy: bool,
    #[serde(flatten)]
    diagnosis: &'a Diagnosis,
    /// Only where the platform was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: &'a Option<Asked>,
}

pub fn run(args: &DoctorArgs, common: &Common, out: &mut Out) -> Answer {
    let logs = match args.paths.as_slice() {
        [] if args.live => Logs::default(),
        [] => Logs::find(&[PathBuf::from(".")])?,
        paths => Logs::find(paths)?,
    };
    let mut diagnosis = examine(&logs, common.workers());
    let platform = if args.live {
        Some(platform::examine(&args.api, &logs, common.workers(), &mut diagnosis.findings)?)
    } else {
        None
    };
    if out.json() {
        out.document(&Told { healthy: diagnosis.healthy(), diagnosis: &diagnosis, platform: &platform })?;
    } else {
        show(&diagnosis, platform.as_ref(), out)?;
    }
    Ok(if diagnosis.healthy() { Outcome::Fine } else { Outcome::Difference })
}

fn show(diagnosis: &Diagnosis, platform: Option<&Asked>, out: &mut Out) -> Result<(), Failure> {
    let mut legend = Legend::default();
    for finding in &diagnosis.findings {
        let (tone, word) = match finding.severity {
            Severity::Problem => (Tone::Bad, "PROBLEM"),
            Severity::Warning => (Tone::Warning, "warning"),
        };
        let cited = finding
            .evidence
            .as_ref()
            .map_or_else(String::new, |evidence| format!(" {}", legend.cite(evidence)));
        let word = out.paint(tone, word);
        out.line(&format!("{word}  {}{cited}", tame(&finding.text)))?;
    }
    if let Some(asked) = platform {
        out.line(&asked.told())?;
    }
    let looked = format!(
        "looked at {} with {}; {} and {} calculated again",
        counted(diagnosis.logs, "log"),
        if diagnosis.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", diagnosis.entries) },
        counted(diagnosis.receipts, "receipt"),
        counted(diagnosis.settlements, "settlement")
    );
    if platform.is_none() || diagnosis.logs > 0 {
        out.line(&looked)?;
    }
    let problems = diagnosis.findings.iter().filter(|finding| finding.severity == Severity::Problem).count();
    match problems {
        0 => out.toned(Tone::Good, "healthy")?,
        1 => out.toned(Tone::Bad, "1 problem")?,
        count => out.toned(Tone::Bad, &format!("{count} problems"))?,
    }
    legend.show(out)?;
    Ok(())
}

/// `1 log`, `2 logs`
fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
