//! The object itself.

use worker::{
    DurableObject, Env, Request, Response, Result, SqlStorageValue, State, WebSocket,
    WebSocketIncomingMessage, WebSocketPair, durable_object,
};

/// One object.
#[durable_object]
pub struct Bare {
    state: State,
}

impl Bare {
    fn insert(&self, body: String) -> Result<i64> {
        let sql = self.state.storage().sql();
        sql.exec("INSERT INTO row (body) VALUES (?)", vec![SqlStorageValue::String(body)])?;
        let mut last = sql.exec("SELECT last_insert_rowid() AS seq", None)?.raw();
        match last.next() {
            Some(Ok(cells)) => match cells.first() {
                Some(SqlStorageValue::Integer(seq)) => Ok(*seq),
                _ => Ok(0),
            },
            _ => Ok(0),
        }
    }
}

impl DurableObject for Bare {
    fn new(state: State, _: Env) -> Self {
        let table = "CREATE TABLE IF NOT EXISTS row (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)";
        let _ = state.storage().sql().exec(table, None);
        Self { state }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.path() == "/live" {
            let pair = WebSocketPair::new()?;
            self.state.accept_web_socket(&pair.server);
            return Response::from_websocket(pair.client);
        }
        let body = request.text().await?;
        let seq = self.insert(body)?;
        Response::from_json(&serde_json::json!({ "seq": seq }))
    }

    async fn alarm(&self) -> Result<Response> {
        Response::empty()
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        let body = match message {
            WebSocketIncomingMessage::String(text) => text,
            WebSocketIncomingMessage::Binary(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        };
        let seq = self.insert(body)?;
        socket.send_with_str(serde_json::json!({ "seq": seq }).to_string())
    }

    async fn websocket_close(&self, _: WebSocket, _: usize, _: String, _: bool) -> Result<()> {
        Ok(())
    }

    async fn websocket_error(&self, _: WebSocket, _: worker::Error) -> Result<()> {
        Ok(())
    }
}
