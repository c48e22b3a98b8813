//! The five Durable Object classes: shells, each over the host of its aggregate.

use std::rc::Rc;

use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    durable_object,
};

use super::host::{Host, reply};
use super::wire::AskError;

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

            async fn websocket_message(&self, _socket: WebSocket, _message: WebSocketIncomingMessage) -> Result<()> {
                self.host.heard();
                Ok(())
            }

            async fn websocket_close(
                &self,
                socket: WebSocket,
                _code: usize,
                _reason: String,
                _was_clean: bool,
            ) -> Result<()> {
                Host::<$aggregate>::hung_up(&socket);
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
}

/// Classes whose aggregate has no rules yet: bound, so that no later release needs a migration, and saying so.
macro_rules! objects_to_come {
    ($( $(#[$meta:meta])* $class:ident; )+) => { $(
        $(#[$meta])*
        #[durable_object]
        pub struct $class;

        impl DurableObject for $class {
            fn new(_state: State, _env: Env) -> Self {
                Self
            }

            async fn fetch(&self, _request: Request) -> Result<Response> {
                reply(501, &AskError::Malformed(concat!(stringify!($class), " is not built yet").to_owned()))
            }

            async fn alarm(&self) -> Result<Response> {
                Response::empty()
            }

            async fn websocket_message(&self, _socket: WebSocket, _message: WebSocketIncomingMessage) -> Result<()> {
                Ok(())
            }

            async fn websocket_close(
                &self,
                _socket: WebSocket,
                _code: usize,
                _reason: String,
                _was_clean: bool,
            ) -> Result<()> {
                Ok(())
            }

            async fn websocket_error(&self, _socket: WebSocket, _error: Error) -> Result<()> {
                Ok(())
            }
        }
    )+ };
}

objects_to_come! {
    /// Will decide for one connected Shopify store.
    Storefront;
    /// Will decide about one event's discrepancies.
    Reconciliation;
}
