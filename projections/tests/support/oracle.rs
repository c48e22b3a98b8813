//! What the rows should be, worked out another way: whole logs at once, in memory, without SQL and without
//! increments.

use std::collections::BTreeMap;

use domain::consignment_event::{self, ItemsListed, Outcome, SessionScheduled};
use domain::journal::{Entry, EventCodec, RawEntry};
use domain::lifecycle::{EventStatus, ItemStatus, SessionStatus};
use domain::organization;
use domain::rights::Role;
use domain::sale_session::{self, ReceiptCompleted};
use domain::stream::StreamId;
use serde_json::{Value, json};

use super::database::Rows;

/// The rows of all `logs`, besides `tables` that stay empty.
pub fn rows(logs: &[(StreamId, &[RawEntry])], tables: &Rows) -> Rows {
    let mut oracle = Oracle(tables.keys().map(|name| (name.clone(), Vec::new())).collect());
    for (stream, log) in logs {
        let organization = stream.organization().to_string();
        match stream {
            StreamId::Organization(_) => oracle.organization(&organization, &decode(log)),
            StreamId::Event(_, event) => oracle.event(&organization, &event.to_string(), &decode(log)),
            StreamId::Session(_, session) => {
                oracle.session(&organization, &session.to_string(), &decode(log));
            }
            StreamId::Storefront(..) | StreamId::Reconciliation(..) => {}
        }
    }
    oracle.0.into_iter().map(|(name, rows)| (name, rows.iter().map(Value::to_string).collect())).collect()
}

fn decode<E: EventCodec>(log: &[RawEntry]) -> Vec<Entry<E>> {
    log.iter().map(|entry| E::decode(entry).unwrap()).collect()
}

fn text(value: impl serde::Serialize) -> String {
    serde_json::to_value(&value).unwrap().to_string()
}

fn listings(log: &[Entry<consignment_event::Event>]) -> impl Iterator<Item = (i64, &ItemsListed)> {
    log.iter().filter_map(|entry| match &entry.event {
        consignment_event::Event::ItemsListed(listed) => Some((entry.recorded_at, listed)),
        _ => None,
    })
}

fn plans(log: &[Entry<consignment_event::Event>]) -> impl Iterator<Item = (i64, &SessionScheduled)> {
    log.iter().filter_map(|entry| match &entry.event {
        consignment_event::Event::SessionScheduled(plan) => Some((entry.recorded_at, plan)),
        _ => None,
    })
}

struct Oracle(BTreeMap<String, Vec<Value>>);

impl Oracle {
    fn add(&mut self, table: &str, row: Value) {
        self.0.get_mut(table).unwrap_or_else(|| panic!("no table {table}")).push(row);
    }

    fn organization(&mut self, organization: &str, log: &[Entry<organization::Event>]) {
        use organization::Event;
        let Some((first, Event::OrganizationCreated(created))) =
            log.first().map(|entry| (entry, &entry.event))
        else {
            return;
        };
        let settings = log.iter().rev().find_map(|entry| match &entry.event {
            Event::SettingsChanged(changed) => Some(&changed.settings),
            _ => None,
        });
        let settings = settings.unwrap_or(&created.settings);
        self.add(
            "organization",
            json!({
                "organization": organization, "slug": created.slug, "name": created.name,
                "currency": settings.currency, "time_zone": settings.time_zone,
                "settings_version": settings.version, "created_at": first.recorded_at,
            }),
        );
        let mut roles =
            BTreeMap::from([((created.first_admin.0.clone(), Role::OrganizationAdmin), first.recorded_at)]);
        for entry in log {
            match &entry.event {
                Event::RoleGranted(granted) => {
                    roles.entry((granted.person.0.clone(), granted.role)).or_insert(entry.recorded_at);
                }
                Event::RoleRevoked(revoked) => {
                    roles.remove(&(revoked.person.0.clone(), revoked.role));
                }
                Event::ConsignorsEnrolled(enrolled) => {
                    for consignor in &enrolled.consignors {
                        self.add(
                            "consignor",
                            json!({
                                "organization": organization, "number": consignor.number, "tier": consignor.tier,
                                "enrolled_at": entry.recorded_at,
                            }),
                        );
                    }
                }
                Event::EventFounded(founded) => self.add(
                    "founded_event",
                    json!({
                        "organization": organization, "event": founded.event, "ordinal": founded.ordinal,
                        "name": founded.name, "starts_on": founded.starts_on, "ends_on": founded.ends_on,
                        "founded_at": entry.recorded_at,
                    }),
                ),
                _ => {}
            }
        }
        for ((person, role), granted_at) in roles {
            self.add(
                "membership",
                json!({ "organization": organization, "person": person, "role": role, "granted_at": granted_at }),
            );
        }
    }

    fn event(&mut self, organization: &str, event: &str, log: &[Entry<consignment_event::Event>]) {
        use consignment_event::Event;
        let Some((first, Event::EventCreated(created))) = log.first().map(|entry| (entry, &entry.event))
        else {
            return;
        };
        let (status, changed_at) = log
            .iter()
            .rev()
            .find_map(|entry| match &entry.event {
                Event::StatusChanged(changed) => Some((changed.to, entry.recorded_at)),
                _ => None,
            })
            .unwrap_or((EventStatus::Draft, first.recorded_at));
        self.add(
            "consignment_event",
            json!({
                "organization": organization, "event": event, "ordinal": created.0.ordinal, "name": created.0.name,
                "status": status, "currency": created.0.settings.currency, "starts_on": created.0.starts_on,
                "ends_on": created.0.ends_on, "items": listings(log).map(|(_, listed)| listed.items.len()).sum::<usize>(),
                "refused": listings(log).map(|(_, listed)| listed.refused.len()).sum::<usize>(),
                "sessions": plans(log).count(), "created_at": first.recorded_at, "changed_at": changed_at,
            }),
        );
        for entry in log {
            if let Event::ConsignorsJoined(joined) = &entry.event {
                for consignor in &joined.consignors {
                    self.add(
                        "participation",
                        json!({
                            "organization": organization, "event": event, "consignor": consignor.number,
                            "tier": consignor.tier, "joined_at": entry.recorded_at,
                        }),
                    );
                }
            }
        }
        self.items(organization, event, log);
        self.planned_sessions(organization, event, log);
    }

    fn items(&mut self, organization: &str, event: &str, log: &[Entry<consignment_event::Event>]) {
        use consignment_event::Event;
        // Walk the moves once, last word wins.
        let mut places = BTreeMap::new();
        for entry in log {
            match &entry.event {
                Event::CustodyHandedOver(page) => {
                    places.extend(
                        page.items.iter().map(|item| (item.tag, (ItemStatus::OnFloor, page.session))),
                    );
                }
                Event::ItemsTakenBack(page) => {
                    let became = |outcome| {
                        if outcome == Outcome::Sold { ItemStatus::Sold } else { ItemStatus::Released }
                    };
                    places.extend(
                        page.items.iter().map(|item| (item.tag, (became(item.outcome), page.session))),
                    );
                }
                _ => {}
            }
        }
        for (listed_at, listed) in listings(log) {
            for item in &listed.items {
                let place = places.get(&item.tag);
                self.add(
                    "item",
                    json!({
                        "organization": organization, "event": event, "tag": item.tag, "consignor": item.consignor,
                        "category": item.category, "title": item.title, "size": item.size,
                        "condition": item.condition, "price_cents": item.price, "reduce": i64::from(item.reduce),
                        "donate": i64::from(item.donate), "reference": item.reference,
                        "status": place.map_or(ItemStatus::Listed, |(status, _)| *status),
                        "session": place.map(|(_, session)| session), "import": listed.import,
                        "import_row": item.row, "listed_at": listed_at,
                    }),
                );
            }
        }
    }

    fn planned_sessions(&mut self, organization: &str, event: &str, log: &[Entry<consignment_event::Event>]) {
        use consignment_event::Event;
        for (planned_at, plan) in plans(log) {
            let moved = |out: bool| -> usize {
                log.iter()
                    .map(|entry| match &entry.event {
                        Event::CustodyHandedOver(page) if out && page.session == plan.session => {
                            page.items.len()
                        }
                        Event::ItemsTakenBack(page) if !out && page.session == plan.session => {
                            page.items.len()
                        }
                        _ => 0,
                    })
                    .sum()
            };
            let opening = log.iter().find_map(|entry| match &entry.event {
                Event::SessionOpening(opening) if opening.session == plan.session => Some(entry.recorded_at),
                _ => None,
            });
            self.add(
                "planned_session",
                json!({
                    "organization": organization, "session": plan.session, "event": event, "number": plan.number,
                    "name": plan.name, "channels": text(&plan.channels), "handed_over": moved(true),
                    "taken_back": moved(false), "opening_at": opening, "planned_at": planned_at,
                }),
            );
        }
    }

    fn session(&mut self, organization: &str, session: &str, log: &[Entry<sale_session::Event>]) {
        use sale_session::Event;
        let Some((first, Event::SessionScheduled(plan))) = log.first().map(|entry| (entry, &entry.event))
        else {
            return;
        };
        let sales: Vec<(&Entry<Event>, &ReceiptCompleted)> = log
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::ReceiptCompleted(sale) => Some((entry, sale)),
                _ => None,
            })
            .collect();
        let lines = || sales.iter().flat_map(|(_, sale)| &sale.lines);
        let when = |wanted: fn(&Event) -> bool| {
            log.iter().rev().find(|entry| wanted(&entry.event)).map(|entry| entry.recorded_at)
        };
        let status = log
            .iter()
            .rev()
            .find_map(|entry| match &entry.event {
                Event::SessionScheduled(_) => Some(SessionStatus::Scheduled),
                Event::CustodyTaken(_) => Some(SessionStatus::Opening),
                Event::SessionOpened(_) | Event::SessionResumed(_) => Some(SessionStatus::Open),
                Event::SessionPaused(_) => Some(SessionStatus::Paused),
                Event::SessionClosing(_) => Some(SessionStatus::Closing),
                Event::SessionClosed(_) => Some(SessionStatus::Closed),
                _ => None,
            })
            .unwrap();
        let items = |out: bool| -> usize {
            log.iter()
                .map(|entry| match &entry.event {
                    Event::CustodyTaken(page) if !out => page.items.len(),
                    Event::CustodyReleased(page) if out => page.items.len(),
                    _ => 0,
                })
                .sum()
        };
        self.add(
            "sale_session",
            json!({
                "organization": organization, "session": session, "event": plan.0.event, "number": plan.0.number,
                "name": plan.0.name, "currency": plan.0.currency, "channels": text(&plan.0.channels),
                "status": status, "items": items(false), "released": items(true), "receipts": sales.len(),
                "lines": lines().count(), "gross_cents": sales.iter().map(|(_, sale)| sale.gross.0).sum::<i64>(),
                "tax_cents": lines().map(|line| line.tax.0).sum::<i64>(),
                "total_cents": sales.iter().map(|(_, sale)| sale.total.0).sum::<i64>(),
                "share_cents": lines().map(|line| line.share.0).sum::<i64>(),
                "house_cents": lines().map(|line| line.price.0 - line.share.0).sum::<i64>(),
                "scheduled_at": first.recorded_at, "opened_at": when(|event| matches!(event, Event::SessionOpened(_))),
                "closed_at": when(|event| matches!(event, Event::SessionClosed(_))),
            }),
        );
        self.terminals(organization, session, log, &sales);
        self.receipts(organization, session, &sales);
    }

    fn terminals(
        &mut self,
        organization: &str,
        session: &str,
        log: &[Entry<sale_session::Event>],
        sales: &[(&Entry<sale_session::Event>, &ReceiptCompleted)],
    ) {
        use sale_session::Event;
        for entry in log {
            match &entry.event {
                Event::PairingOffered(offer) => {
                    let taker = log.iter().find_map(|later| match &later.event {
                        Event::TerminalPaired(paired) if paired.code_digest == offer.code_digest => {
                            Some(paired.terminal)
                        }
                        _ => None,
                    });
                    self.add(
                        "pairing",
                        json!({
                            "organization": organization, "session": session, "code_digest": offer.code_digest,
                            "expires_at": offer.expires_at, "offered_at": entry.recorded_at, "terminal": taker,
                        }),
                    );
                }
                Event::TerminalPaired(paired) => {
                    let revoked = log.iter().find_map(|later| match &later.event {
                        Event::TerminalRevoked(revoked) if revoked.terminal == paired.terminal => {
                            Some(later.recorded_at)
                        }
                        _ => None,
                    });
                    let own =
                        || sales.iter().map(|(_, sale)| sale).filter(|sale| sale.terminal == paired.terminal);
                    self.add(
                        "terminal",
                        json!({
                            "organization": organization, "session": session, "terminal": paired.terminal,
                            "name": paired.name, "token_digest": paired.token_digest, "paired_at": entry.recorded_at,
                            "revoked_at": revoked, "receipts": own().count(),
                            "lines": own().map(|sale| sale.lines.len()).sum::<usize>(),
                            "gross_cents": own().map(|sale| sale.gross.0).sum::<i64>(),
                            "total_cents": own().map(|sale| sale.total.0).sum::<i64>(),
                        }),
                    );
                }
                _ => {}
            }
        }
    }

    fn receipts(
        &mut self,
        organization: &str,
        session: &str,
        sales: &[(&Entry<sale_session::Event>, &ReceiptCompleted)],
    ) {
        let mut consignors: BTreeMap<_, [i64; 5]> = BTreeMap::new();
        for (entry, sale) in sales {
            self.add(
                "receipt",
                json!({
                    "organization": organization, "session": session, "receipt": sale.receipt, "number": sale.number,
                    "seq": entry.seq, "terminal": sale.terminal, "occurred_at": sale.occurred_at,
                    "recorded_at": entry.recorded_at, "lines": sale.lines.len(), "gross_cents": sale.gross,
                    "tax_cents": sale.tax, "total_cents": sale.total, "change_cents": sale.change,
                    "tenders": text(&sale.tenders),
                }),
            );
            for (number, line) in (1..).zip(&sale.lines) {
                let sums = consignors.entry(line.consignor).or_default();
                for (sum, more) in
                    sums.iter_mut().zip([1, line.price.0, line.tax.0, line.share.0, line.house.0])
                {
                    *sum += more;
                }
                self.add(
                    "receipt_line",
                    json!({
                        "organization": organization, "session": session, "receipt": sale.receipt, "line": number,
                        "tag": line.tag, "consignor": line.consignor, "printed_cents": line.printed,
                        "price_cents": line.price, "reduction_bp": line.reduction, "tax_cents": line.tax,
                        "rate_bp": line.rate, "share_cents": line.share, "house_cents": line.house,
                        "plan_version": line.plan, "keyed": i64::from(line.keyed),
                        "not_checked_in": i64::from(line.not_checked_in),
                    }),
                );
            }
        }
        for (consignor, [lines, gross, tax, share, house]) in consignors {
            self.add(
                "share_estimate",
                json!({
                    "organization": organization, "session": session, "consignor": consignor, "lines": lines,
                    "gross_cents": gross, "tax_cents": tax, "share_cents": share, "house_cents": house,
                }),
            );
        }
    }
}
