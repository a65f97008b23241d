//! The list of tools while engines come up and change: the engines are asked before a client sees it, it stays the same
//! until one of them speaks another version, and only clients that may be told are told.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use dockwright::Engine;
use dockwright_server::audit::Audit;
use dockwright_server::catalogue::Entry;
use dockwright_server::dispatch::Dispatcher;
use dockwright_server::mcp::{Server, serve};
use rmcp::model as mcp;
use rmcp::{ClientLifecycleMode, ClientServiceExt};
use serde_json::{Value, json};
use support::{Client, client_without_handshake, dispatcher, session, settings};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, duplex, split};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// An engine that becomes another one: its API version is 1.x, and 0 stands for one that is not ready yet.
struct Changing {
    minor: Arc<AtomicU32>,
    address: String,
}

impl Changing {
    async fn speaking(minor: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap());
        let minor = Arc::new(AtomicU32::new(minor));
        let shared = Arc::clone(&minor);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(answer(connection, Arc::clone(&shared)));
            }
        });
        Changing { minor, address }
    }

    fn become_version(&self, minor: u32) {
        self.minor.store(minor, Ordering::SeqCst);
    }

    fn engine(&self) -> Engine {
        Engine::at(&self.address).unwrap()
    }
}

/// Answers the requests of a connection.
async fn answer(connection: TcpStream, minor: Arc<AtomicU32>) {
    let (input, mut output) = connection.into_split();
    let mut lines = BufReader::new(input).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if !line.is_empty() {
            continue;
        }
        let head = match minor.load(Ordering::SeqCst) {
            0 => "503 Starting".to_owned(),
            minor => format!("200 OK\r\nApi-Version: 1.{minor}"),
        };
        if output.write_all(format!("HTTP/1.1 {head}\r\nContent-Length: 2\r\n\r\n[]").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Several sessions with one server, as over HTTP.
fn sessions<const COUNT: usize>(engine: Engine) -> [Client; COUNT] {
    let server = Arc::new(Server::new(dispatcher(settings(|_| ()), engine)));
    std::array::from_fn(|_| {
        let (client, stream) = duplex(1 << 20);
        let (server, (input, output)) = (Arc::clone(&server), split(stream));
        tokio::spawn(async move { serve(server, input, output).await.unwrap() });
        let (input, output) = split(client);
        Client::new(input, output)
    })
}

async fn names(client: &mut Client) -> Vec<String> {
    let listed = client.ask("tools/list", json!({})).await;
    listed["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

/// The tools that an engine of this version has, and the server's own.
fn tools_of(version: &str) -> Vec<String> {
    let version = version.parse().unwrap();
    let known = Entry::all().filter(|entry| entry.is_known_to(version)).map(|entry| entry.name().to_owned());
    known.chain(["operation_schema".to_owned()]).collect()
}

/// Asserts that nothing comes for a moment.
async fn is_silent(client: &mut Client) {
    let message = timeout(Duration::from_millis(150), client.next()).await;
    assert!(message.is_err(), "{message:?}");
}

fn news(message: &Value) -> &str {
    message["method"].as_str().unwrap_or_default()
}

const CHANGED: &str = "notifications/tools/list_changed";

#[tokio::test(flavor = "multi_thread")]
async fn the_version_is_asked_before_the_first_list_and_no_call_changes_it() {
    let mut legacy = session(settings(|_| ()), Changing::speaking(41).await.engine()).await;
    let mut modern = client_without_handshake(dispatcher(settings(|_| ()), Changing::speaking(41).await.engine()));
    let mut bare = client_without_handshake(dispatcher(settings(|_| ()), Changing::speaking(41).await.engine()));
    modern.ask("server/discover", json!({})).await;
    for client in [&mut legacy, &mut modern, &mut bare] {
        let listed = names(client).await;
        assert_eq!(listed, tools_of("1.41"));
        let reply = client.call("container_list", json!({})).await;
        assert_eq!(reply["isError"], false, "{reply}");
        is_silent(client).await;
        assert_eq!(names(client).await, listed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_hangs_holds_a_session_up_for_a_moment_only_and_lacks_nothing() {
    let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = Engine::at(&format!("tcp://{}", hanging.local_addr().unwrap())).unwrap();
    let begun = Instant::now();
    let mut client = session(settings(|_| ()), engine).await;
    let elapsed = begun.elapsed();
    assert!(elapsed >= Duration::from_millis(280) && elapsed < Duration::from_secs(2), "{elapsed:?}");
    assert_eq!(names(&mut client).await.len(), Entry::all().count() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn engines_are_asked_beside_each_other() {
    let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp://{}", hanging.local_addr().unwrap());
    let engines = (0..5).map(|place| format!("e{place}={address}")).collect();
    let dispatcher = Dispatcher::new(settings(|all| all.engine = engines), Audit::to_writer(std::io::sink())).unwrap();
    let mut client = client_without_handshake(dispatcher);
    let begun = Instant::now();
    client.ask("server/discover", json!({})).await;
    assert!(begun.elapsed() < Duration::from_millis(1_200), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_clients_that_may_be_told_are_told_once_that_an_engine_came_up() {
    let engine = Changing::speaking(0).await;
    let [mut begun, mut listening, mut deaf, mut silent, mut caller] = sessions(engine.engine());
    begun.initialize("2025-06-18").await;
    [listening, deaf, silent, caller] = [listening, deaf, silent, caller].map(Client::without_handshake);
    for client in [&mut begun, &mut listening, &mut silent] {
        assert_eq!(names(client).await.len(), Entry::all().count() + 1, "nothing is known of it");
    }
    let asked = json!({ "notifications": { "toolsListChanged": true, "promptsListChanged": true } });
    let stream = listening.request("subscriptions/listen", asked).await;
    let acknowledged = listening.next().await;
    assert_eq!(news(&acknowledged), "notifications/subscriptions/acknowledged");
    assert_eq!(acknowledged["params"]["notifications"], json!({ "toolsListChanged": true }), "only what is offered");
    assert_eq!(acknowledged["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], stream);
    deaf.request("subscriptions/listen", json!({ "notifications": { "promptsListChanged": true } })).await;
    assert_eq!(deaf.next().await["params"]["notifications"], json!({}));

    engine.become_version(41);
    let reply = caller.call("container_list", json!({})).await;
    assert_eq!(reply["isError"], false, "{reply}");
    assert_eq!(news(&begun.next().await), CHANGED);
    let told = listening.next().await;
    assert_eq!(news(&told), CHANGED);
    assert_eq!(told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], stream);
    for client in [&mut begun, &mut listening, &mut deaf, &mut silent, &mut caller] {
        is_silent(client).await;
        assert_eq!(names(client).await, tools_of("1.41"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_engine_at_the_address_is_heard_of_and_one_that_goes_changes_nothing() {
    let engine = Changing::speaking(41).await;
    let [mut begun, mut caller] = sessions(engine.engine());
    begun.initialize("2025-11-25").await;
    caller = caller.without_handshake();
    assert_eq!(names(&mut begun).await, tools_of("1.41"));
    engine.become_version(51);
    // The answer to the first call tells that it is another one, and the second asks which.
    for _ in 0..2 {
        caller.call("container_list", json!({})).await;
    }
    assert_eq!(news(&begun.next().await), CHANGED);
    assert_eq!(names(&mut begun).await, tools_of("1.51"));
    engine.become_version(0);
    assert_eq!(caller.call("container_list", json!({})).await["isError"], true);
    is_silent(&mut begun).await;
    assert_eq!(names(&mut begun).await, tools_of("1.51"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_was_slow_is_heard_of_without_a_call() {
    let late = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = Engine::at(&format!("tcp://{}", late.local_addr().unwrap())).unwrap();
    let mut client = session(settings(|_| ()), engine).await;
    assert_eq!(names(&mut client).await.len(), Entry::all().count() + 1);
    let (mut connection, _) = late.accept().await.unwrap();
    let answer = b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK";
    connection.write_all(answer).await.unwrap();
    assert_eq!(news(&client.next().await), CHANGED);
    assert_eq!(names(&mut client).await, tools_of("1.41"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_said_all_gets_its_answer_though_the_list_changes() {
    let engine = Changing::speaking(0).await;
    let mut client = session(settings(|_| ()), engine.engine()).await;
    engine.become_version(41);
    let asked = client.request("tools/call", json!({ "name": "container_list", "arguments": {} })).await;
    client.close().await;
    let answered = async { while client.next().await["id"] != asked {} };
    timeout(Duration::from_secs(5), answered).await.expect("it is answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_cancellation_and_a_session_has_few() {
    let engine = Changing::speaking(0).await;
    let [client, caller] = sessions(engine.engine());
    let [mut client, mut caller] = [client, caller].map(Client::without_handshake);
    let asked = json!({ "notifications": { "toolsListChanged": true } });
    let mut streams = Vec::new();
    for _ in 0..17 {
        streams.push(client.request("subscriptions/listen", asked.clone()).await);
    }
    let (mut acknowledged, mut refused) = (Vec::new(), Value::Null);
    for _ in 0..17 {
        match client.next().await {
            message if message.get("error").is_some() => refused = message,
            message => {
                assert_eq!(news(&message), "notifications/subscriptions/acknowledged");
                acknowledged.push(message["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"].clone());
            }
        }
    }
    assert_eq!(refused["error"]["code"], -32600, "{refused}");
    assert!(acknowledged.len() == 16 && !acknowledged.contains(&refused["id"]), "refused and never acknowledged");
    sleep(Duration::from_millis(50)).await;
    streams.retain(|stream| refused["id"] != *stream);
    for stream in streams.drain(1..) {
        client.notify("notifications/cancelled", json!({ "requestId": stream })).await;
    }
    sleep(Duration::from_millis(50)).await;
    engine.become_version(41);
    caller.call("container_list", json!({})).await;
    let told = loop {
        let message = client.next().await;
        if news(&message) != "notifications/subscriptions/acknowledged" {
            break message;
        }
    };
    assert_eq!(
        (news(&told), &told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"]),
        (CHANGED, &json!(streams[0]))
    );
    is_silent(&mut client).await;
    client.request("subscriptions/listen", asked).await;
    assert_eq!(news(&client.next().await), "notifications/subscriptions/acknowledged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_between_the_list_and_the_stream_is_not_lost() {
    let engine = Changing::speaking(0).await;
    let [client, caller] = sessions(engine.engine());
    let [mut client, mut caller] = [client, caller].map(Client::without_handshake);
    assert_eq!(names(&mut client).await.len(), Entry::all().count() + 1);
    engine.become_version(41);
    caller.call("container_list", json!({})).await;
    for is_stale in [true, false] {
        client.request("subscriptions/listen", json!({ "notifications": { "toolsListChanged": true } })).await;
        assert_eq!(news(&client.next().await), "notifications/subscriptions/acknowledged");
        match is_stale {
            true => assert_eq!(news(&client.next().await), CHANGED),
            false => is_silent(&mut client).await,
        }
        assert_eq!(names(&mut client).await, tools_of("1.41"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_began_with_a_handshake_has_no_streams() {
    let mut client = session(settings(|_| ()), Changing::speaking(51).await.engine()).await;
    let refused = client.answer("subscriptions/listen", json!({ "notifications": { "toolsListChanged": true } })).await;
    assert_eq!(refused["error"]["code"], -32601, "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_may_be_kept_for_an_hour_once_they_are_settled() {
    let engine = Changing::speaking(0).await;
    let mut client = client_without_handshake(dispatcher(settings(|_| ()), engine.engine()));
    let hint = |list: &Value| (list["ttlMs"].clone(), list["cacheScope"].clone());
    for (method, kept) in [
        ("tools/list", 0),
        ("prompts/list", 3_600_000),
        ("resources/templates/list", 3_600_000),
        ("skills/list", 3_600_000),
        ("resources/list", 0),
    ] {
        assert_eq!(hint(&client.ask(method, json!({})).await), (json!(kept), json!("private")), "{method}");
    }
    engine.become_version(51);
    client.call("container_list", json!({})).await;
    assert_eq!(hint(&client.ask("tools/list", json!({})).await), (json!(3_600_000), json!("private")));
    let mut legacy = session(settings(|_| ()), engine.engine()).await;
    assert_eq!(hint(&legacy.ask("tools/list", json!({})).await), (Value::Null, Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_the_sdk_listens_and_loads_skills() {
    let engine = Changing::speaking(0).await;
    let newest = ClientLifecycleMode::Discover { preferred_versions: vec![mcp::ProtocolVersion::V_2026_07_28] };
    let stream = support::served(dispatcher(settings(|_| ()), engine.engine()));
    let client = ().serve_with_lifecycle(stream, newest).await.unwrap();
    let filter = mcp::SubscriptionFilter::builder().tools_list_changed().resources_list_changed().build();
    let mut stream = client.listen(filter).await.unwrap();
    assert_eq!(*stream.acknowledged(), mcp::SubscriptionFilter::builder().tools_list_changed().build());
    engine.become_version(41);
    client.call_tool(mcp::CallToolRequestParams::new("container_list")).await.unwrap();
    let told = timeout(Duration::from_secs(5), stream.next()).await.unwrap().unwrap();
    assert!(matches!(told, Some(mcp::ServerNotification::ToolListChangedNotification(_))), "{told:?}");
    stream.cancel().await.unwrap();
    let skills = client.list_all_skills().await.unwrap();
    assert!(skills.iter().any(|skill| skill.name() == "diagnose-container"), "{skills:?}");
    client.cancel().await.unwrap();
}
