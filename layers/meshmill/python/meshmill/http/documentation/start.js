"use strict";

SwaggerUIBundle({
  domNode: document.getElementById("swagger-ui"),
  url: "api/v1/openapi.json",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // Its badge would send the document's address to a host of the project's own.
  validatorUrl: null,
});
