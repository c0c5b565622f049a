//! The losses of a batch, by ureq and serde: cd examples/rust && cargo run
use std::{env, error::Error, fmt, process::ExitCode, thread, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ureq::Agent;

const ATTEMPTS: u32 = 4;

/// A double that may be infinite: JSON has no number for that, so it is a string, both ways.
#[derive(Clone, Copy)]
struct Real(f64);

impl Serialize for Real {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            f64::INFINITY => serializer.serialize_str("Infinity"),
            f64::NEG_INFINITY => serializer.serialize_str("-Infinity"),
            number => serializer.serialize_f64(number),
        }
    }
}

impl<'de> Deserialize<'de> for Real {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Printed {
            Number(f64),
            Word(String),
        }
        match Printed::deserialize(deserializer)? {
            Printed::Number(number) => Ok(Real(number)),
            Printed::Word(word) => word.parse().map(Real).map_err(serde::de::Error::custom),
        }
    }
}

#[derive(Serialize)]
struct Batch {
    logits: Vec<Vec<Real>>,
    labels: Vec<u32>,
    outputs: Vec<&'static str>,
}

#[derive(Deserialize)]
struct Reply {
    loss: Real,
    losses: Vec<Real>,
}

/// Every reply that is no success. Its detail names the field, its value and the bound.
#[derive(Debug, Deserialize)]
struct Problem {
    status: u16,
    code: String,
    detail: String,
}

impl Error for Problem {}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{} {}: {}", self.status, self.code, self.detail)
    }
}

fn compute(loss: &str, batch: &Batch) -> Result<Reply, Box<dyn Error>> {
    let url = env::var("LOSSD_URL").unwrap_or("http://127.0.0.1:8080".into());
    let timeout = Some(Duration::from_secs(60));
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(timeout)
        .build()
        .into();
    let mut attempt = 0;
    loop {
        attempt += 1;
        let mut response = agent
            .post(format!("{url}/v1/losses/{loss}"))
            .send_json(batch)?;
        match response.status().as_u16() {
            200 => return Ok(response.body_mut().read_json()?),
            // The queue is full, or the service is starting or stopping: it says when to ask again.
            429 | 503 if attempt < ATTEMPTS => {
                let header = response
                    .headers()
                    .get("retry-after")
                    .and_then(|value| value.to_str().ok());
                let seconds = header.and_then(|value| value.parse().ok()).unwrap_or(1);
                thread::sleep(Duration::from_secs(seconds));
            }
            // Also 413 (too large) and 422 (not allowed).
            _ => return Err(response.body_mut().read_json::<Problem>()?.into()),
        }
    }
}

fn main() -> ExitCode {
    let rows = [[2.0, 1.0, 0.1], [0.5, f64::NEG_INFINITY, -1.0]];
    let logits = rows.map(|row| row.map(Real).to_vec()).to_vec();
    match compute(
        "cross_entropy",
        &Batch {
            logits,
            labels: vec![1, 1],
            outputs: vec!["losses"],
        },
    ) {
        Ok(reply) => {
            for (row, loss) in reply.losses.iter().enumerate() {
                println!("row {row}: {}", loss.0);
            }
            println!("mean: {}", reply.loss.0);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
