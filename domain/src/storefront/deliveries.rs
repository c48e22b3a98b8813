//! What the storefront's entries hand to sale sessions.

use super::event::{Event, Handed, HandedOver, OrderRouted};
use crate::aggregate::Delivery;
use crate::ids::ShopId;
use crate::sale_session::{
    Command, OnlineCancellation, OnlineLine, OnlineOrder, OnlineRefund, OnlineRefundLine, OrderRef,
};
use crate::stream::StreamId;

pub(super) fn deliveries(stream: &StreamId, seq: u64, event: &Event) -> Vec<Delivery> {
    let (StreamId::Storefront(organization, shop), Event::OrderRouted(routed)) = (stream, event) else {
        return Vec::new();
    };
    let deliver = |(part, handed): (usize, &HandedOver)| {
        let to = StreamId::Session(*organization, handed.session);
        // One entry may hand several things to one session: each has an id of its own.
        Delivery::of(to, format!("{stream}#{seq}.{part}"), &command(*shop, routed, &handed.handed))
    };
    routed.parts.iter().enumerate().flat_map(deliver).collect()
}

fn command(shop: ShopId, routed: &OrderRouted, handed: &Handed) -> Command {
    let known = &routed.known;
    let order = OrderRef { shop, order: known.order };
    match handed {
        Handed::Lines { lines } => Command::TakeOnlineOrder(OnlineOrder {
            order,
            occurred_at: known.placed_at,
            paid: known.paid,
            fulfilled: known.fulfilled,
            tax_included: routed.tax_included,
            lines: lines
                .iter()
                .map(|line| OnlineLine { id: line.line, tag: line.tag, price: line.price, tax: line.tax })
                .collect(),
        }),
        Handed::Refund(refund) => Command::TakeOnlineRefund(OnlineRefund {
            order,
            refund: refund.id,
            occurred_at: refund.happened_at,
            lines: refund
                .lines
                .iter()
                .map(|line| OnlineRefundLine {
                    id: line.line,
                    price: line.price,
                    tax: line.tax,
                    returned: line.returned,
                    restock: line.restock,
                })
                .collect(),
            adjustment: refund.adjustment,
        }),
        // What never left can be sold again.
        Handed::Cancelled { reason } => Command::CancelOnlineOrder(OnlineCancellation {
            order,
            reason: *reason,
            restock: !known.fulfilled,
        }),
    }
}
