//! A batch through the client that progenitor makes of openapi-3.0.json, while this is compiled; test/clients/generated.sh
//! puts the document beside Cargo.toml.
use std::{env, process::ExitCode};

use futures_util::TryStreamExt;
use serde_json::json;
use types::{
    CrossEntropyRequest, CrossEntropyRequestOutputsItem, Nonfinite, Problem, RealReply, Tensor,
};

progenitor::generate_api!(spec = "openapi-3.0.json", interface = Builder);

fn number(real: RealReply) -> f64 {
    match real {
        RealReply::Number(number) => number.expect("null is for nonfinite: null"),
        RealReply::Nonfinite(Nonfinite::Infinity) => f64::INFINITY,
        RealReply::Nonfinite(word) => panic!("a loss is never {word}"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let client = Client::new(&env::var("LOSSD_URL").expect("LOSSD_URL"));
    let logits = vec![
        json!([2.0, 1.0, 0.1]),
        json!([0.5, Nonfinite::XInfinity, -1.0]),
    ];
    let request = CrossEntropyRequest::builder()
        .logits(Tensor(json!(logits)))
        .labels(Tensor(json!([1, 1])))
        .outputs(vec![CrossEntropyRequestOutputsItem::Losses]);
    match client.compute_cross_entropy().body(request).send().await {
        Ok(response) => {
            let reply = response.into_inner();
            let losses = serde_json::to_value(&reply.losses).expect("losses");
            let losses: Vec<RealReply> = serde_json::from_value(losses).expect("one loss a row");
            for (row, loss) in losses.into_iter().enumerate() {
                println!("row {row}: {}", number(loss));
            }
            println!("mean: {}", number(reply.loss.expect("a mean")));
            ExitCode::SUCCESS
        }
        // progenitor leaves application/problem+json to its caller.
        Err(Error::ErrorResponse(response)) => {
            let chunks: Vec<_> = response
                .into_inner_stream()
                .try_collect()
                .await
                .expect("a body");
            let problem: Problem = serde_json::from_slice(&chunks.concat()).expect("a problem");
            eprintln!("{} {}: {}", problem.status, problem.code, problem.detail);
            ExitCode::FAILURE
        }
        Err(error) => panic!("{error}"),
    }
}
