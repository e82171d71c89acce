// Shows the API's description. A key typed here stays in the page and is gone with it.
window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null, // No outside host hears of it.
});
