//! Importing an inventory: the file is read whole, every row gets its word, and what may be listed is listed.

use std::collections::BTreeMap;

use axum::extract::Request;
use domain::consignment_event::items::ItemDraft;
use domain::consignment_event::{
    self, ConsignmentEvent, ItemsListed, MAX_ITEMS_LISTED, MAX_JOINING, Overview,
};
use domain::ids::{ConsignorNumber, EventId, ImportId};
use domain::organization::{self, Enrolment, MAX_ENROLMENTS, Organization};
use domain::rejection::{Refusal, Rejection};
use domain::stream::StreamId;

use super::consignors::consignor_subject;
use crate::http::command::{CommandHeaders, Commanding, Position, Reply, events_of};
use crate::http::edge::Edge;
use crate::http::extract::{Named, has_media_type, read_body};
use crate::http::fresh::settle;
use crate::http::import::{
    IMPORT_BYTES_MAX, ImportReport, Inventory, Note, Outcome, Person, RowReport, TableFault, prepare,
};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::objects::client::{Accepted, ask, read_log};
use crate::vault::{Field, Profile, Vault};

/// Consignors in one command: what both the organization and the event take at once.
const CONSIGNORS_PER_COMMAND: usize = if MAX_ENROLMENTS < MAX_JOINING { MAX_ENROLMENTS } else { MAX_JOINING };

/// Imports an inventory. Rows that cannot be listed are refused one by one, rows that were put right say so; names
/// and addresses go to the vault and nowhere else. With an `Idempotency-Key`, a repeated import lists nothing twice
/// and gets the same report.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/imports",
    tag = "items",
    params(("event" = String, Path, description = "The event's id"), CommandHeaders),
    request_body(content = String, content_type = "text/csv", description = "At most 2 MiB and 10,000 rows"),
    responses((status = 201, body = ImportReport), Problems)
)]
#[worker::send]
pub async fn import_items(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(event): Named<EventId>,
    request: Request,
) -> Result<Reply<ImportReport>, EdgeError> {
    if !has_media_type(request.headers(), "text/csv") {
        return Err(EdgeError::MediaType("text/csv"));
    }
    let bytes = read_body(request, IMPORT_BYTES_MAX).await?;
    let stream = tenant.event(event);
    let overview = open_for_items(&edge, &stream).await?;
    let inventory = prepare(&bytes, &overview.item_rules).map_err(|fault| unreadable(&fault))?;
    let id = ImportId(commanding.fresh_id("import"));
    let import = Import { id, edge: &edge, tenant: &tenant, commanding: &commanding, stream };
    import.run(inventory).await
}

fn unreadable(fault: &TableFault) -> EdgeError {
    let code = match fault {
        TableFault::Empty => "csv_empty",
        TableFault::Utf16 => "csv_utf16",
        TableFault::Columns(_) => "csv_columns",
        TableFault::TooManyRows => "csv_too_many_rows",
    };
    EdgeError::bad_request(code, format!("The file cannot be imported: {fault}."))
}

/// Where the event stands; refuses at once what every row would be refused for.
async fn open_for_items(edge: &Edge, stream: &StreamId) -> Result<Overview, EdgeError> {
    let answer = ask::<ConsignmentEvent>(edge.env(), stream, &consignment_event::Query::Overview).await?;
    let consignment_event::Answer::Overview { overview } = answer else {
        return Err(EdgeError::Internal("the event answered something else".into()));
    };
    let overview = overview.ok_or(EdgeError::NotFound("event"))?;
    if overview.status.takes_items() {
        return Ok(*overview);
    }
    Err(EdgeError::Rejected(Rejection::new(
        Refusal::Rule,
        "ITM-8",
        "listing_closed",
        overview.status.name(),
        "registration to markdown",
    )))
}

struct Import<'a> {
    id: ImportId,
    edge: &'a Edge,
    tenant: &'a Tenant,
    commanding: &'a Commanding,
    /// The event's.
    stream: StreamId,
}

/// What the event said about a row: its tag, or rule and code.
type Verdict = Result<String, (String, String)>;

impl Import<'_> {
    async fn run(&self, inventory: Inventory) -> Result<Reply<ImportReport>, EdgeError> {
        let Inventory { rows, people, ignored_columns } = inventory;
        let consignors_new = self.enrol(&people).await?;
        let mut known_otherwise = self.keep(people).await?;
        let drafts: Vec<ItemDraft> = rows.iter().filter_map(|row| row.draft.clone()).collect();
        let (verdicts, last) = self.list(drafts).await?;
        settle(self.edge, &self.stream, last.seq).await;
        let mut results = Vec::with_capacity(rows.len());
        for mut row in rows {
            let about = row.draft.as_ref().and_then(|draft| known_otherwise.remove(&draft.consignor.0));
            row.notes.extend(about.unwrap_or_default());
            let tag = match verdicts.get(&row.row) {
                Some(Ok(tag)) => Some(tag.clone()),
                Some(Err((rule, code))) => {
                    row.notes.push(Note::refused(code, column_of(code), explain(rule, code)));
                    None
                }
                None => None,
            };
            results.push(RowReport::new(row.row, row.line, tag, row.notes));
        }
        let count = |outcome: Outcome| {
            u32::try_from(results.iter().filter(|result| result.outcome == outcome).count())
                .unwrap_or(u32::MAX)
        };
        let report = ImportReport {
            import: self.id.to_string(),
            rows: u32::try_from(results.len()).unwrap_or(u32::MAX),
            accepted: count(Outcome::Accepted),
            warned: count(Outcome::AcceptedWithWarning),
            refused: count(Outcome::Refused),
            consignors_new,
            ignored_columns,
            position: Position::from(&last),
            results,
        };
        tracing::info!(rows = report.rows, refused = report.refused, "imported");
        Ok(Reply::created(&last, report))
    }

    /// Numbers and tiers go to the organization, and those enrolled take part in the event. Answers how many the
    /// organization did not know before.
    async fn enrol(&self, people: &BTreeMap<u32, Person>) -> Result<u32, EdgeError> {
        let asked: Vec<Enrolment> = people
            .iter()
            .map(|(number, person)| Enrolment {
                number: ConsignorNumber(*number),
                tier: person.tier.unwrap_or_default(),
            })
            .collect();
        let mut fresh = 0;
        for (at, page) in asked.chunks(CONSIGNORS_PER_COMMAND).enumerate() {
            let command = organization::Command::EnrolConsignors { consignors: page.to_vec() };
            let part = self.commanding.part(&format!("enrol/{at}"));
            let accepted = part.send::<Organization>(self.edge, &self.tenant.organization(), command).await?;
            for happened in events_of::<Organization>(&accepted)? {
                if let organization::Event::ConsignorsEnrolled(enrolled) = happened {
                    fresh += enrolled.consignors.len();
                }
            }
            let consignors = self.enrolled(page).await?;
            let part = self.commanding.part(&format!("join/{at}"));
            let command = consignment_event::Command::JoinConsignors { consignors };
            part.send::<ConsignmentEvent>(self.edge, &self.stream, command).await?;
        }
        Ok(u32::try_from(fresh).unwrap_or(u32::MAX))
    }

    /// As the organization has them: the tier of an account does not change because a file says so.
    async fn enrolled(&self, asked: &[Enrolment]) -> Result<Vec<Enrolment>, EdgeError> {
        let numbers = asked.iter().map(|enrolment| enrolment.number).collect();
        let query = organization::Query::Enrolled { numbers };
        match ask::<Organization>(self.edge.env(), &self.tenant.organization(), &query).await? {
            organization::Answer::Enrolled { enrolled } => Ok(enrolled),
            _ => Err(EdgeError::Internal("the organization answered something else".into())),
        }
    }

    /// Names and addresses go to the vault, where it has none: who somebody is does not change because a file says so.
    /// Answers what there is to say about consignors who are known otherwise, by number.
    async fn keep(&self, people: BTreeMap<u32, Person>) -> Result<BTreeMap<u32, Vec<Note>>, EdgeError> {
        let vault = Vault::open(self.edge, self.tenant)?;
        let subjects: Vec<String> = people.keys().map(|number| consignor_subject(*number)).collect();
        let known = vault.get(&subjects).await?;
        let mut profiles: BTreeMap<String, Profile> = BTreeMap::new();
        let mut notes: BTreeMap<u32, Vec<Note>> = BTreeMap::new();
        for (number, person) in people {
            let subject = consignor_subject(number);
            let before = known.get(&subject);
            let told = [
                (Field::Name, "consignor_name", person.name),
                (Field::Email, "consignor_email", person.email),
            ];
            for (field, column, told) in told {
                match (before.and_then(|profile| profile.fields.get(&field)), told) {
                    (None, Some(told)) => {
                        profiles.entry(subject.clone()).or_default().fields.insert(field, told);
                    }
                    (Some(known), Some(told)) if *known != told => {
                        let message = "The organization knows this consignor otherwise; that is kept.";
                        let note = Note::adjusted("consignor_known_otherwise", column, message.to_owned());
                        notes.entry(number).or_default().push(note);
                    }
                    _ => {}
                }
            }
        }
        if !profiles.is_empty() {
            vault.put(&profiles, self.edge.now()).await?;
        }
        Ok(notes)
    }

    async fn list(&self, drafts: Vec<ItemDraft>) -> Result<(BTreeMap<u32, Verdict>, Accepted), EdgeError> {
        let mut verdicts = BTreeMap::new();
        let mut last = None;
        for (at, page) in drafts.chunks(MAX_ITEMS_LISTED).enumerate() {
            let command =
                consignment_event::Command::ListItems { import: Some(self.id), items: page.to_vec() };
            let part = self.commanding.part(&format!("items/{at}"));
            let accepted = part.send::<ConsignmentEvent>(self.edge, &self.stream, command).await?;
            for happened in events_of::<ConsignmentEvent>(&accepted)? {
                if let consignment_event::Event::ItemsListed(listed) = happened {
                    collect(&mut verdicts, listed);
                }
            }
            last = Some(accepted);
        }
        match last {
            Some(last) => Ok((verdicts, last)),
            None => self.unmoved().await.map(|last| (verdicts, last)),
        }
    }

    /// Every row was refused: the event's log stays where it is, and the report says where that is.
    async fn unmoved(&self) -> Result<Accepted, EdgeError> {
        let head = read_log(self.edge.env(), &self.stream, 1, 1).await?.head.seq;
        Ok(Accepted {
            stream: self.stream.to_string(),
            first_seq: head + 1,
            seq: head,
            repeated: false,
            entries: Vec::new(),
        })
    }
}

fn collect(verdicts: &mut BTreeMap<u32, Verdict>, listed: ItemsListed) {
    let tagged = listed.items.into_iter().filter_map(|item| Some((item.row?, Ok(item.tag.to_string()))));
    let refused =
        listed.refused.into_iter().filter_map(|item| Some((item.row?, Err((item.rule, item.code)))));
    verdicts.extend(tagged);
    verdicts.extend(refused);
}

fn column_of(code: &str) -> Option<&'static str> {
    match code {
        "reference_repeated" => Some("reference"),
        "consignor_not_participating" => Some("consignor_number"),
        _ => None,
    }
}

fn explain(rule: &str, code: &str) -> String {
    match code {
        "reference_repeated" => "This consignor has an item with this reference already.".into(),
        "consignor_not_participating" => "This consignor does not take part in the event.".into(),
        _ => format!("The event refused it under rule {rule}."),
    }
}
