//! Tests of rules that the corpus does not show: extents of values, texts within texts, repetition.

use serde_json::json;

use super::*;

fn argument(text: &str) -> String {
    let mut value = json!([text]);
    redact_value(&mut value, "Container");
    value[0].as_str().unwrap().to_owned()
}

#[test]
fn secrets_in_commands_and_messages_are_hidden_and_the_rest_stays() {
    for (written, shown) in [
        ("mysqld --password=a1 --user=root", "mysqld --password=* --user=root"),
        ("sh -c 'PGPASSWORD=\"a b\" psql'", "sh -c 'PGPASSWORD=\"*\" psql'"),
        ("/bin/sh -c #(nop)  ENV DB_PASSWORD=two words", "/bin/sh -c #(nop)  ENV DB_PASSWORD=*"),
        ("ENV API_TOKEN=a b # buildkit", "ENV API_TOKEN=* # buildkit"),
        ("RUN |1 TOKEN=abc /bin/sh -c make", "RUN |1 TOKEN=* /bin/sh -c make"),
        ("docker swarm join --token SWMTKN-1-3pu6h-0ab 10.0.0.1:2377", "docker swarm join --token * 10.0.0.1:2377"),
        ("key SWMKEY-1-7c37Cc8654+/x", "key *"),
        ("postgres://app:p@ss@db:5432/x?y", "postgres://*@db:5432/x?y"),
        ("postgres://app:p/s#s@db:5432/x", "postgres://*@db:5432/x"),
        ("https://ghp_abc1@github.com/x", "https://*@github.com/x"),
        ("https://bob@github.com/x", "https://bob@github.com/x"),
        ("ssh://git@github.com/x", "ssh://git@github.com/x"),
        ("http://db:5432/a@b", "http://db:5432/a@b"),
        (r#"{"password": "a\"b", "user": "u"}"#, r#"{"password":"*","user":"u"}"#),
        (r#"got {"password": "a\"b", "user": "u"}"#, r#"got {"password": "*", "user": "u"}"#),
        (r#""{\"password\":\"a1\",\"user\":\"u\"}""#, r#""{\"password\":\"*\",\"user\":\"u\"}""#),
        ("unauthorized: incorrect token: try again", "unauthorized: incorrect token: try again"),
        ("größe_token=é1 ü", "größe_token=*"),
        ("a == b, key=", "a == b, key="),
        ("login PASSWORD=ab;rest ok", "login PASSWORD=* ok"),
        ("Server=db;Password=ab;Database=y", "Server=db;Password=*;Database=y"),
        ("f(password=ab), g", "f(password=*), g"),
        ("GET /x?token=abc1&user=bob", "GET /x?token=*&user=bob"),
        ("token=abc user=bob", "token=* user=bob"),
        ("curl -u bob:pw1 https://x", "curl -u * https://x"),
        ("curl -H 'Authorization: Bearer abc123def' x", "curl -H 'Authorization: Bearer *' x"),
        ("a:\n  password: |\n    one\n    two\n  user: b", "a:\n  password: |\n*\n  user: b"),
    ] {
        assert_eq!(redact_text(written), shown.replace('*', MARKER), "{written}");
    }
}

#[test]
fn hiding_twice_changes_nothing_more() {
    for text in [
        "PASSWORD=x",
        "http://a:b@c",
        "SWMTKN-1-a",
        "Authorization: Bearer abc123def",
        "password: a1 b c",
        "curl -u a:b x",
        r#"{"password":"a"}"#,
        "-----BEGIN PRIVATE KEY-----\nMIIE",
    ] {
        let once = redact_text(text).into_owned();
        assert!(once.contains(MARKER), "{once}");
        assert_eq!(redact_text(&once), once);
        assert_eq!(argument(&argument(text)), argument(text));
    }
}

#[test]
fn the_whole_value_of_a_secret_variable_is_hidden() {
    assert_eq!(argument("PASSWORD=a b=c d"), format!("PASSWORD={MARKER}"));
    assert_eq!(argument("--db-password=a b"), format!("--db-password={MARKER}"));
    assert_eq!(argument("URL=redis://:pw@host"), format!("URL=redis://{MARKER}@host"));
    assert_eq!(argument("a sentence about the key = value"), "a sentence about the key = value");
}

#[test]
fn words_of_a_command_are_read_together() {
    let mut value = json!({"Cmd": ["curl", "-u", "bob:pw1", "--token", "abc", "https://x"], "Args": ["-p", "80"]});
    redact_value(&mut value, "Container");
    let hidden = json!({"Cmd": ["curl", "-u", MARKER, "--token", MARKER, "https://x"], "Args": ["-p", "80"]});
    assert_eq!(value, hidden);
}

#[test]
fn pairs_and_lists_of_a_name_and_a_value_are_read_together() {
    let mut value = json!({"Env": [{"Name": "DB_PASSWORD", "Value": "x1"}, {"Name": "DEBUG", "Value": "1"}],
        "Status": [["Access Token", "x1"], ["Driver", "overlay2"]], "Other": ["API_TOKEN=x1", "A=b"]});
    redact_value(&mut value, "Plugin");
    let hidden = json!({"Env": [{"Name": "DB_PASSWORD", "Value": MARKER}, {"Name": "DEBUG", "Value": "1"}],
        "Status": [["Access Token", MARKER], ["Driver", "overlay2"]],
        "Other": [format!("API_TOKEN={MARKER}"), "A=b"]});
    assert_eq!(value, hidden);
}

#[test]
fn a_config_is_decoded_if_it_holds_a_secret() {
    let mut value = json!({"Spec": {"Data": "ZGI6CiAgcGFzc3dvcmQ6IGh1bnRlcjIKICBwb3J0OiA1NDMyCg=="}});
    redact_value(&mut value, "Config");
    assert_eq!(value["Spec"]["Data"], format!("db:\n  password: {MARKER}\n  port: 5432\n"));
}

#[test]
fn texts_in_texts_are_read() {
    for text in ["echo cGFzc3dvcmQ9aHVudGVyMg== | base64 -d", r#"{"m":"{\"api_key\":\"a1\"}"}"#] {
        assert!(redact_text(text).contains(MARKER), "{text}");
    }
}

#[test]
fn time_grows_with_the_text_and_not_faster() {
    for part in [
        "token=ok ",
        "key ",
        "key=",
        "password=",
        "\"password\": \"",
        "://",
        "a:b@tcp(",
        "-----BEGIN ",
        "eyJ.",
        "curl -u ",
        "Bearer ",
    ] {
        let text = part.repeat(50_000 / part.len());
        let started = std::time::Instant::now();
        let _ = redact_text(&text);
        // A second or two, without optimization; a machine that is busy takes some times longer.
        assert!(started.elapsed().as_secs() < 30, "{part}: {:?}", started.elapsed());
    }
}
