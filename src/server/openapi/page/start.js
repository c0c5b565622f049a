// A hundred operations are too many to show at once: they stay closed, and the filter finds a loss by its name.
window.SwaggerUIBundle({
  dom_id: "#operations",
  url: "docs/openapi.json",
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  docExpansion: "none",
  filter: true,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  // The specification's validator is a web service: the page must not call it.
  validatorUrl: null,
});
