//! The five Durable Object classes: shells, each over the host of its aggregate.

use std::rc::Rc;

use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    durable_object,
};

use super::host::Host;

macro_rules! log_objects {
    ($( $(#[$meta:meta])* $class:ident decides by $aggregate:ty; )+) => { $(
        $(#[$meta])*
        #[durable_object]
        pub struct $class {
            host: Rc<Host<$aggregate>>,
        }

        impl DurableObject for $class {
            fn new(state: State, env: Env) -> Self {
                Self { host: Host::new(state, env) }
            }

            async fn fetch(&self, request: Request) -> Result<Response> {
                self.host.fetch(request).await
            }

            async fn alarm(&self) -> Result<Response> {
                self.host.alarm().await
            }

            async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
                self.host.heard(&socket, &message).await;
                Ok(())
            }

            async fn websocket_close(
                &self,
                socket: WebSocket,
                _code: usize,
                _reason: String,
                _was_clean: bool,
            ) -> Result<()> {
                self.host.hung_up(&socket).await;
                Ok(())
            }

            async fn websocket_error(&self, _socket: WebSocket, error: Error) -> Result<()> {
                tracing::debug!(%error, "listener's connection broke");
                Ok(())
            }
        }
    )+ };
}

log_objects! {
    /// Decides for one tenant.
    Organization decides by domain::organization::Organization;
    /// Decides for one consignment event.
    ConsignmentEvent decides by domain::consignment_event::ConsignmentEvent;
    /// Decides for one sale session.
    SaleSession decides by domain::sale_session::SaleSession;
    /// Decides for one connected store.
    Storefront decides by domain::storefront::Storefront;
    /// Decides about one event's discrepancies.
    Reconciliation decides by domain::reconciliation::Reconciliation;
}
