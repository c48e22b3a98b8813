//! `share_estimate`: what each consignor is credited with in a session, as estimated.
//!
//! No statement of ours writes it: triggers on `receipt_line` do (see the migrations). An entry that changes a
//! line, a resolved conflict say, tells what the line stands for from now on; what it stood for until then is in
//! the row, and both are needed.

use crate::statement::{Sql, delete};

pub(super) const WIPE: &Sql = delete!(share_estimate where (organization, session));
