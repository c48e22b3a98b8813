//! What the rows should be, worked out another way: whole logs at once, in memory, without SQL and without
//! increments. Sums of money are the session's own books: another derivation than the rows'.

mod desk;
mod history;
mod items;
mod sales;

use std::collections::BTreeMap;

use domain::consignment_event::{self, ItemsListed, SessionScheduled};
use domain::ids::ConsignorNumber;
use domain::journal::{Entry, EventCodec, RawEntry};
use domain::lifecycle::{EventStatus, SessionStatus};
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
        for (table, row) in history::rows(stream, log) {
            oracle.add(table, row);
        }
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
    serde_json::to_string(&value).unwrap()
}

fn listings(log: &[Entry<consignment_event::Event>]) -> impl Iterator<Item = (i64, &ItemsListed)> {
    log.iter().filter_map(|entry| match &entry.event {
        consignment_event::Event::ItemsListed(listed) => Some((entry.recorded_at, listed)),
        _ => None,
    })
}

fn plans(log: &[Entry<consignment_event::Event>]) -> impl Iterator<Item = (i64, &SessionScheduled)> {
    log.iter().filter_map(|entry| match &entry.event {
        consignment_event::Event::SessionScheduled(plan) => Some((entry.recorded_at, plan.as_ref())),
        _ => None,
    })
}

fn participations(log: &[Entry<organization::Event>], consignor: ConsignorNumber) -> usize {
    log.iter()
        .filter_map(|entry| match &entry.event {
            organization::Event::ParticipationsCounted(counted) => Some(&counted.counts),
            _ => None,
        })
        .flatten()
        .filter(|count| count.consignor == consignor)
        .count()
}

struct Oracle(BTreeMap<String, Vec<Value>>);

impl Oracle {
    fn add(&mut self, table: &str, row: Value) {
        self.0.get_mut(table).unwrap_or_else(|| panic!("no table {table}")).push(row);
    }

    #[expect(clippy::too_many_lines, reason = "one row after the other, as the log tells them")]
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
        for entry in log {
            let version = match &entry.event {
                Event::OrganizationCreated(created) => &created.settings,
                Event::SettingsChanged(changed) => &changed.settings,
                _ => continue,
            };
            self.add(
                "settings_version",
                json!({
                    "organization": organization, "version": version.version, "plan_version": version.plan.version,
                    "seq": entry.seq, "settings": serde_json::to_string(version).unwrap(), "actor": entry.actor,
                    "changed_at": entry.recorded_at,
                }),
            );
        }
        self.add(
            "organization",
            json!({
                "organization": organization, "slug": created.slug, "name": created.name,
                "currency": settings.currency, "time_zone": settings.time_zone,
                "settings_version": settings.version, "created_at": first.recorded_at, "suspended_at": null,
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
                                "enrolled_at": entry.recorded_at, "person": null, "barred": 0,
                                "tax_form_missing": 0, "participations": participations(log, consignor.number),
                                "carried_cents": 0, "store_credit_cents": 0, "erased_at": null,
                            }),
                        );
                    }
                }
                Event::EventFounded(founded) => self.add(
                    "founded_event",
                    json!({
                        "organization": organization, "event": founded.event, "ordinal": founded.ordinal,
                        "name": founded.name, "starts_on": founded.starts_on, "ends_on": founded.ends_on,
                        "founded_at": entry.recorded_at, "ended_at": null,
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
                            "tier": consignor.tier, "joined_at": entry.recorded_at, "standing": "active",
                            "method": "payout", "offer_expires_at": null, "erased": 0, "referral_source": null,
                            "referred_by": null, "terms": 0, "left_reason": null,
                        }),
                    );
                }
            }
        }
        for entry in log {
            let Event::FeesCharged(charged) = &entry.event else { continue };
            for (line, charge) in charged.charges.iter().enumerate() {
                self.add(
                    "fee_entry",
                    json!({
                        "organization": organization, "event": event, "seq": entry.seq, "line": line,
                        "consignor": charge.consignor, "movement": "charged", "kind": charge.kind,
                        "amount_cents": charge.amount, "part_of_share_bp": charge.part_of_share,
                        "method": charge.method, "reason": null, "reference": null, "tag": charge.tag,
                        "booking": charge.booking, "items": charge.items, "referred": null, "note": null,
                        "actor": entry.actor, "recorded_at": entry.recorded_at,
                    }),
                );
            }
        }
        for row in items::rows(organization, event, log) {
            self.add("item", row);
        }
        self.planned_sessions(organization, event, log);
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
                    "cancelled_at": null,
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
        let sums = sales::sums(log);
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
                "lines": sums.lines, "gross_cents": sums.books.gross, "tax_cents": sums.books.tax,
                "total_cents": sums.books.total, "share_cents": sums.books.share, "house_cents": sums.books.house,
                "refunded_gross_cents": sums.books.refunded_gross, "refunded_tax_cents": sums.books.refunded_tax,
                "refunded_total_cents": sums.books.refunded_total, "held_cents": sums.books.held,
                "scheduled_at": first.recorded_at, "opened_at": when(|event| matches!(event, Event::SessionOpened(_))),
                "closed_at": when(|event| matches!(event, Event::SessionClosed(_))),
            }),
        );
        self.terminals(organization, session, log, &sales);
        for (table, row) in sales::rows(organization, session, log) {
            self.add(table, row);
        }
        for (table, row) in desk::rows(organization, session, log) {
            self.add(table, row);
        }
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
                            "lines": own().map(|sale| sale.lines.len() + sale.unlisted.len()).sum::<usize>(),
                            "rights": "[]", "refunded_cents": 0,
                            "gross_cents": own().map(|sale| sale.gross.0).sum::<i64>(),
                            "total_cents": own().map(|sale| sale.total.0).sum::<i64>(),
                        }),
                    );
                }
                _ => {}
            }
        }
    }
}
