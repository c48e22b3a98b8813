//! A statement on record, held against the fold's.

use domain::settlement::Statement;

/// In what `recorded` differs from the fold's statement, in words.
pub(super) fn compare(recorded: &Statement, again: Option<&Statement>) -> Vec<String> {
    let number = recorded.consignor;
    let Some(again) = again else {
        return vec![format!("consignor {number}: the record has a statement, the fold none")];
    };
    let mut differences = Vec::new();
    if recorded.totals != again.totals {
        differences.push(format!(
            "consignor {number}: on record {} are due (share {}), by the fold {} (share {})",
            recorded.totals.due, recorded.totals.share, again.totals.due, again.totals.share
        ));
    }
    for (at, (line, other)) in (1..).zip(recorded.lines.iter().zip(&again.lines)) {
        if line != other {
            differences.push(format!(
                "consignor {number}, line {at}: {} by {} on record, {} by {} by the fold",
                line.amount, line.rule, other.amount, other.rule
            ));
        }
    }
    if recorded.lines.len() != again.lines.len() {
        differences.push(format!(
            "consignor {number}: {} lines on record, {} by the fold",
            recorded.lines.len(),
            again.lines.len()
        ));
    }
    differences
}
