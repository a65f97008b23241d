//! Sessions over HTTP, which a server has on request.

use serde_json::json;

use crate::raw::{initialize, list, post_with, send};
use crate::served::{OTHER, Served, TOKEN};

/// Begins a session; its id.
pub async fn begin(address: &str, token: &str) -> String {
    let headers = format!("Host: localhost\r\nAuthorization: Bearer {token}");
    let reply = send(address, post_with(&headers, &initialize("2025-06-18").to_string())).await;
    let session = reply.header("mcp-session-id").unwrap_or_else(|| panic!("no session: {reply:?}")).to_owned();
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(send(address, in_session(&session, token, &initialized.to_string())).await.status, 202);
    session
}

fn in_session(session: &str, token: &str, body: &str) -> String {
    let headers = format!("Host: localhost\r\nAuthorization: Bearer {token}\r\nMcp-Session-Id: {session}");
    post_with(&headers, body)
}

#[tokio::test]
async fn a_session_goes_on_until_its_client_ends_it() {
    let server = Served::with(|options| options.sessions = true).await;
    let session = begin(&server.address, TOKEN).await;
    let listing = in_session(&session, TOKEN, &list().to_string());
    assert_eq!(send(&server.address, &listing).await.message()["result"]["isError"], false);
    let end = listing.replacen("POST", "DELETE", 1);
    assert_eq!(send(&server.address, end).await.status, 202);
    assert_eq!(send(&server.address, &listing).await.status, 404);
}

#[tokio::test]
async fn a_session_is_of_the_token_that_began_it() {
    let server = Served::with(|options| options.sessions = true).await;
    let session = begin(&server.address, TOKEN).await;
    for method in ["POST", "GET", "DELETE"] {
        let stolen = in_session(&session, OTHER, &list().to_string()).replacen("POST", method, 1);
        assert_eq!(send(&server.address, stolen).await.status, 404, "{method}");
    }
    for made_up in ["00000000-0000-0000-0000-000000000000", "x", "../../etc", "%00"] {
        assert_eq!(send(&server.address, in_session(made_up, TOKEN, &list().to_string())).await.status, 404);
    }
    assert_eq!(send(&server.address, in_session(&session, TOKEN, &list().to_string())).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_that_was_idle_for_longest_makes_room_for_a_new_one() {
    let server = Served::with(|options| options.sessions = true).await;
    let (first, second) = (begin(&server.address, TOKEN).await, begin(&server.address, TOKEN).await);
    assert_eq!(send(&server.address, in_session(&first, TOKEN, &list().to_string())).await.status, 200);
    for _ in 0..255 {
        begin(&server.address, OTHER).await;
    }
    assert_eq!(send(&server.address, in_session(&second, TOKEN, &list().to_string())).await.status, 404);
    assert_eq!(send(&server.address, in_session(&first, TOKEN, &list().to_string())).await.status, 200);
}
