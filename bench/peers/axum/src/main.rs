//! Softmax cross-entropy as a Rust service: once with axum's own JSON, once with a SIMD parser.

use axum::{
    Json, Router,
    body::Bytes,
    extract::DefaultBodyLimit,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::post,
};
use serde::{Deserialize, Serialize};

type Refusal = (StatusCode, String);

const BODY_BYTES_MAX: usize = 512 << 20;

#[derive(Deserialize)]
struct Batch {
    logits: Vec<Vec<f64>>,
    labels: Vec<usize>,
}

#[derive(Serialize)]
struct Answer {
    loss: f64,
    losses: Vec<f64>,
    gradients: Vec<Vec<f64>>,
}

fn refuse(reason: impl ToString) -> Refusal {
    (StatusCode::UNPROCESSABLE_ENTITY, reason.to_string())
}

/// The loss of a row, whose logits become the gradient times `scale`.
fn differentiate(row: &mut [f64], label: usize, scale: f64) -> Result<f64, Refusal> {
    let chosen = *row.get(label).ok_or_else(|| refuse("a label is not a class"))?;
    let greatest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for value in row.iter_mut() {
        *value = (*value - greatest).exp();
        sum += *value;
    }
    for value in row.iter_mut() {
        *value *= scale / sum;
    }
    row[label] -= scale;
    Ok(sum.ln() + greatest - chosen)
}

fn answer(Batch { mut logits, labels }: Batch) -> Result<Answer, Refusal> {
    if logits.len() != labels.len() {
        return Err(refuse("not one label a row"));
    }
    let scale = 1.0 / labels.len() as f64;
    let losses: Vec<f64> = logits
        .iter_mut()
        .zip(labels)
        .map(|(row, label)| differentiate(row, label, scale))
        .collect::<Result<_, _>>()?;
    Ok(Answer { loss: losses.iter().sum::<f64>() * scale, losses, gradients: logits })
}

async fn with_serde_json(Json(batch): Json<Batch>) -> Result<Json<Answer>, Refusal> {
    answer(batch).map(Json)
}

async fn with_sonic_rs(body: Bytes) -> Result<impl IntoResponse, Refusal> {
    let batch = sonic_rs::from_slice(&body).map_err(refuse)?;
    let text = sonic_rs::to_vec(&answer(batch)?).map_err(refuse)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text))
}

#[tokio::main]
async fn main() {
    let port = std::env::var("PORT").expect("PORT is the port to listen at");
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.unwrap();
    let app = Router::new()
        .route("/serde_json/cross_entropy", post(with_serde_json))
        .route("/sonic_rs/cross_entropy", post(with_sonic_rs))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    axum::serve(listener, app).await.unwrap();
}
