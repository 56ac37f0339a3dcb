/* Shows the OpenAPI description that the page names. */
const page = document.getElementById("api-docs");

/* At the desk, trying out a change needs the session's CSRF token. */
function withToken(request) {
  const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/);
  if (token && new URL(request.url, location.href).origin === location.origin) {
    request.headers["X-CSRFToken"] = token[1];
  }
  return request;
}

SwaggerUIBundle({
  url: page.dataset.schema,
  domNode: page,
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null,
  requestInterceptor: withToken,
});
