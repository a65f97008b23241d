//! A unix socket, spoken to by rmcp's own client.

use std::os::unix::fs::PermissionsExt;

use dockwright_server::http::{ListenAddress, Listener};
use rmcp::ServiceExt;
use rmcp::model::CallToolRequestParams;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use tokio::net::UnixStream;

use crate::raw::{exchange, list, post, post_with};
use crate::served::{Served, TOKEN};

fn bind(folder: &tempfile::TempDir) -> (Listener, String) {
    let path = folder.path().join("mcp.sock");
    (Listener::bind(&ListenAddress::Unix(path.clone())).unwrap(), path.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_real_client_lists_and_calls_over_a_unix_socket() {
    for sessions in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let (listener, path) = bind(&folder);
        let _server = Served::with(|options| (options.listener, options.sessions) = (Some(listener), sessions)).await;
        let config = StreamableHttpClientTransportConfig::with_uri("http://localhost/mcp").auth_header(TOKEN);
        let transport = StreamableHttpClientTransport::from_unix_socket_with_config(&path, config);
        let client = ().serve(transport).await.unwrap();
        assert!(client.list_all_tools().await.unwrap().len() > 80);
        let result = client.call_tool(CallToolRequestParams::new("container_list")).await.unwrap();
        assert_eq!(result.is_error, Some(false));
        client.cancel().await.unwrap();
    }
}

#[tokio::test]
async fn a_socket_is_for_its_owner_and_needs_a_token_too() {
    let folder = tempfile::tempdir().unwrap();
    let (listener, path) = bind(&folder);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let server = Served::with(|options| options.listener = Some(listener)).await;
    let connect = async || UnixStream::connect(&path).await.unwrap();
    assert_eq!(exchange(connect().await, post_with("Host: localhost", "{}")).await.status, 401);
    assert_eq!(exchange(connect().await, post(&list()).replace("localhost", "evil.example")).await.status, 403);
    assert_eq!(exchange(connect().await, post(&list())).await.status, 200);
    server.drain.cancel();
    tokio::time::timeout(std::time::Duration::from_secs(5), async {
        while std::fs::exists(&path).unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the file of the socket goes with the server");
}
