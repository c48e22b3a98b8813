//! Who is tortured: organizations that grant roles and sessions that sell, each with a supply of commands that can
//! all be taken, in any order.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

/// Items that a session takes into custody; each of its receipts sells one.
const STOCK: u64 = 4_000;

/// Items of one page of a hand-over, as the event sends them.
const PAGE_ITEMS: u64 = 500;

/// A price without tax, in cents.
const PRICE: u64 = 100;

/// The category is not taxed.
const TAX_EXEMPT: u64 = 4;

/// What a stream decides about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Organization,
    Session,
}

/// A stream with its supply of commands.
#[derive(Debug)]
pub struct Stream {
    /// Its name.
    pub name: String,
    kind: Kind,
    organization: String,
    run: u64,
    own: u64,
    drawn: AtomicU64,
}

impl Stream {
    /// The `number`th stream of a run: organizations and sessions by turns.
    pub fn new(run: u64, number: u64) -> Self {
        let organization = id(1, run, number);
        let (kind, name) = if number.is_multiple_of(2) {
            (Kind::Organization, format!("{organization}/organization"))
        } else {
            (Kind::Session, format!("{organization}/session/{}", id(3, run, number)))
        };
        Self { name, kind, organization, run, own: number, drawn: AtomicU64::new(0) }
    }

    /// What has to be taken before anything else, in order.
    pub fn opening(&self) -> Vec<Value> {
        match self.kind {
            Kind::Organization => vec![envelope(
                "open/create",
                "person:user_torture",
                &json!({
                    "type": "create", "slug": format!("torture-{}-{}", self.run, self.own), "name": "Torture",
                    "currency": "USD", "time_zone": "UTC", "first_admin": "user_torture",
                }),
            )],
            Kind::Session => self.opening_of_session(),
        }
    }

    /// The next command; none when the supply is used up.
    pub fn draw(&self) -> Option<Value> {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed) + 1;
        match self.kind {
            Kind::Organization => Some(envelope(
                &format!("grant/{number}"),
                "person:user_torture",
                &json!({"type": "grant_role", "person": format!("user_{number}"), "role": "support"}),
            )),
            Kind::Session => (number <= STOCK).then(|| self.sale(number)),
        }
    }

    /// True when half its supply is used up, so that another should take its place.
    pub fn is_worn(&self) -> bool {
        self.kind == Kind::Session && self.drawn.load(Ordering::Relaxed) > STOCK / 2
    }

    fn sale(&self, number: u64) -> Value {
        let receipt = id(5, self.own, number);
        let terminal = terminal();
        envelope(
            &format!("terminal/{terminal}/{receipt}"),
            &format!("terminal:{terminal}"),
            &json!({
                "type": "complete_receipt",
                "receipt": receipt,
                "lines": [{"tag": tag(number), "price_cents": PRICE, "keyed": false}],
                "tenders": [{"kind": "cash", "amount_cents": PRICE}],
                "change_cents": 0,
                "occurred_at": 1_800_000_000_000_i64,
            }),
        )
    }

    fn opening_of_session(&self) -> Vec<Value> {
        let event = id(2, self.run, self.own);
        let from_event = format!("stream:{}/event/{event}", self.organization);
        let session = id(3, self.run, self.own);
        let mut commands = vec![envelope("open/schedule", &from_event, &scheduled(&session, &event))];
        let pages = STOCK / PAGE_ITEMS;
        commands.extend((1..=pages).map(|page| {
            envelope(&format!("open/page-{page}"), &from_event, &handed_over(&session, page, page == pages))
        }));
        let code = "c".repeat(64);
        commands.push(envelope(
            "open/offer",
            "person:user_torture",
            &json!({"type": "offer_pairing", "code_digest": code}),
        ));
        commands.push(envelope(
            "open/pair",
            &format!("terminal:{}", terminal()),
            &json!({
                "type": "pair", "code_digest": code, "terminal": terminal(), "name": "Till 1",
                "token_digest": "d".repeat(64),
            }),
        ));
        commands
    }
}

fn scheduled(session: &str, event: &str) -> Value {
    let tier = json!({"fee": 0, "base": 6000, "photos": 2, "bonus": 0, "bonus_from": 0});
    json!({
        "type": "schedule", "session": session, "event": event, "number": 1, "name": "Tortured",
        "channels": ["floor"], "currency": "USD",
        "plan": {
            "version": 1, "regular": tier, "super": tier, "shift_points": 500, "shift_steps": [],
            "shifts_max": 3, "cap": 9500, "rounding": "half_up", "scope": "per_line",
        },
        "tax": {"rate": 0, "inclusive": false, "exempt": []},
        "markdown": {"steps": [], "step": 25, "floor": 25},
    })
}

fn handed_over(session: &str, page: u64, last: bool) -> Value {
    /// Consignors whose items these are.
    const CONSIGNORS: u64 = 50;
    let items: Vec<Value> = (1..=PAGE_ITEMS)
        .map(|place| (page - 1) * PAGE_ITEMS + place)
        .map(|item| {
            let consignor = 1 + item % CONSIGNORS;
            json!({"tag": tag(item), "consignor": consignor, "price": PRICE, "flags": TAX_EXEMPT})
        })
        .collect();
    let terms: Vec<Value> = (1..=if page == 1 { CONSIGNORS } else { 0 })
        .map(|consignor| json!({"consignor": consignor, "tier": "regular", "shifts": 0}))
        .collect();
    json!({"type": "take_custody", "session": session, "page": page, "last": last, "items": items, "terms": terms})
}

/// The same command, only to be taken onto this head.
pub fn onto(envelope: &Value, head: u64) -> Value {
    let mut envelope = envelope.clone();
    envelope["if_match"] = json!(head);
    envelope
}

fn envelope(command_id: &str, actor: &str, command: &Value) -> Value {
    json!({"command_id": command_id, "actor": actor, "if_match": null, "command": command})
}

fn terminal() -> String {
    id(4, 0, 1)
}

fn id(kind: u64, run: u64, number: u64) -> String {
    format!("00000000-{:04x}-7000-8000-{kind:x}{number:011x}", run & 0xffff)
}

/// Ten digits: the event's ordinal (1), the item's number, Damm's check digit.
fn tag(item: u64) -> String {
    /// The quasigroup of order ten that tags are checked by.
    const DAMM: [&[u8; 10]; 10] = [
        b"0317598642",
        b"7092154863",
        b"4206871359",
        b"1750983426",
        b"6123045978",
        b"3674209581",
        b"5869720134",
        b"8945362017",
        b"9438617205",
        b"2581436790",
    ];
    let digits = format!("001{item:06}");
    let step = |interim: usize, digit: u8| usize::from(DAMM[interim][usize::from(digit - b'0')] - b'0');
    let check = digits.bytes().fold(0, step);
    format!("{digits}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damms_check_digit_makes_the_whole_number_come_to_nought() {
        assert_eq!(tag(1).len(), 10);
        assert_ne!(tag(1).get(9..), tag(2).get(9..));
    }

    #[test]
    fn no_two_commands_of_a_stream_share_an_id() {
        for number in 0..2 {
            let stream = Stream::new(1, number);
            let ids: std::collections::BTreeSet<String> = (0..100)
                .filter_map(|_| stream.draw())
                .map(|command| command["command_id"].to_string())
                .collect();
            assert_eq!(ids.len(), 100);
        }
    }
}
