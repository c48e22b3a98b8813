//! Options of the commands that settle: what-if, and the stories of statements and payouts.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use domain::money::{BASIS_POINTS_IN_WHOLE, BasisPoints, Rounding, RoundingScope};

use super::Logs;

/// Which event, where the logs of several are at hand.
#[derive(Debug, Args)]
pub struct OneEvent {
    #[command(flatten)]
    pub logs: Logs,
    /// The event: its number in the organization, its name, or the beginning of its id.
    #[arg(long, value_name = "EVENT")]
    pub event: Option<String>,
}

/// Options of `reconcile`.
#[derive(Debug, Args)]
pub struct ReconcileArgs {
    #[command(flatten)]
    pub event: OneEvent,
    /// The store's exports: JSON lines of a bulk operation, or the admin's orders CSV. May be given several
    /// times.
    #[arg(long = "export", value_name = "FILE", required_unless_present = "print_query")]
    pub exports: Vec<PathBuf>,
    /// Compare only what the exports name, instead of missing there what they lack.
    #[arg(long)]
    pub changes: bool,
    /// Look at prices as they were then [default: at the last entry].
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Show the shoppers' addresses of orders that differ.
    #[arg(long)]
    pub reveal: bool,
    /// Print the bulk operations that bring what is compared, and stop.
    #[arg(long)]
    pub print_query: bool,
}

/// Options of `what-if`.
#[derive(Debug, Args)]
pub struct WhatIfArgs {
    #[command(flatten)]
    pub event: OneEvent,
    /// Another commission plan, as JSON in the shape of the settings' `plan`.
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Base share of regular consignors, in percent.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub regular: Option<BasisPoints>,
    /// Base share of super consignors, in percent.
    #[arg(long = "super", value_name = "PERCENT", value_parser = percent)]
    pub super_: Option<BasisPoints>,
    /// Points per completed shift, in percent.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub shift_points: Option<BasisPoints>,
    /// Cap on the total share, in percent.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub cap: Option<BasisPoints>,
    /// Another rounding.
    #[arg(long, value_enum, value_name = "HOW")]
    pub rounding: Option<RoundingWish>,
    /// What is rounded.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub scope: Option<ScopeWish>,
}

/// [`Rounding`], as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoundingWish {
    /// Half a cent and more goes up.
    HalfUp,
    /// Half a cent goes to the even neighbour.
    HalfEven,
    /// Any fraction goes up.
    ConsignorFavour,
}

impl From<RoundingWish> for Rounding {
    fn from(wish: RoundingWish) -> Self {
        match wish {
            RoundingWish::HalfUp => Self::HalfUp,
            RoundingWish::HalfEven => Self::HalfEven,
            RoundingWish::ConsignorFavour => Self::ConsignorFavour,
        }
    }
}

/// [`RoundingScope`], as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScopeWish {
    /// Each line by itself.
    PerLine,
    /// The consignor's gross total, once.
    OnGrossTotal,
}

impl From<ScopeWish> for RoundingScope {
    fn from(wish: ScopeWish) -> Self {
        match wish {
            ScopeWish::PerLine => Self::PerLine,
            ScopeWish::OnGrossTotal => Self::OnGrossTotal,
        }
    }
}

/// `62`, `62.5`, `62.50 %`: exact, in hundredths of a percent.
fn percent(text: &str) -> Result<BasisPoints, String> {
    let wrong = || format!("{text:?} is no percentage from 0 to 100 with at most two decimals");
    let digits = text.trim_end_matches('%').trim();
    let (whole, hundredths) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(hundredths) || hundredths.len() > 2 {
        return Err(wrong());
    }
    let points: u32 = format!("{whole}{hundredths:0<2}").parse().map_err(|_| wrong())?;
    if points > BASIS_POINTS_IN_WHOLE { Err(wrong()) } else { Ok(BasisPoints(points)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_exactly_or_not_at_all() {
        for (text, points) in [("62", 6_200), ("62.5", 6_250), ("62.05 %", 6_205), ("100", 10_000), ("0", 0)]
        {
            assert_eq!(percent(text), Ok(BasisPoints(points)), "{text}");
        }
        for text in ["", "-1", "100.01", "1e2", "62.555", "6 2", "99999999999999999999"] {
            assert!(percent(text).is_err(), "{text}");
        }
    }
}
