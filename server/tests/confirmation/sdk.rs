//! rmcp's own client, which shows forms in both eras.

use rmcp::model as mcp;
use rmcp::service::RequestContext;
use rmcp::{ClientHandler, ClientLifecycleMode, ClientServiceExt, ErrorData, RoleClient, ServiceExt};
use serde_json::{Value, json};

use crate::engine::World;
use crate::{asking, serve, server, yes};

/// A person who answers every form alike.
#[derive(Clone)]
struct Person(Value);

impl ClientHandler for Person {
    fn get_info(&self) -> mcp::ClientConfig {
        let mut info = mcp::ClientConfig::default();
        info.capabilities = serde_json::from_value(json!({ "elicitation": { "form": {} } })).unwrap();
        info
    }

    async fn create_elicitation(
        &self,
        _request: mcp::ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<mcp::ElicitResult, ErrorData> {
        Ok(serde_json::from_value(self.0.clone()).unwrap())
    }
}

#[tokio::test]
async fn the_sdks_client_asks_its_person_in_both_eras() {
    for (answer, deletions) in [(yes(), 1), (json!({ "action": "decline" }), 0)] {
        for version in [mcp::ProtocolVersion::V_2025_11_25, mcp::ProtocolVersion::V_2026_07_28] {
            let world = World::new();
            let (stream, person) = (serve(server(asking(), &world)), Person(answer.clone()));
            let client = match version == mcp::ProtocolVersion::V_2026_07_28 {
                true => {
                    let newest = ClientLifecycleMode::Discover { preferred_versions: vec![version] };
                    person.serve_with_lifecycle(stream, newest).await.unwrap()
                }
                false => person.serve(stream).await.unwrap(),
            };
            let arguments = json!({ "id": "web" }).as_object().unwrap().clone();
            let call = mcp::CallToolRequestParams::new("container_delete").with_arguments(arguments);
            let result = client.call_tool(call).await.unwrap();
            assert_eq!(result.is_error, Some(deletions == 0), "{result:?}");
            assert_eq!(world.deleted().len(), deletions);
        }
    }
}
