// npm run bench -- NAME [OPTIONS] runs NAME.mjs beside this file; without a NAME that is http.
const [name = "http"] = process.argv.slice(2).filter((word) => !word.startsWith("-"));
await import(`./${name}.mjs`);
