var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();
app.MapGet("/health", () => "ok");
app.MapPost("/echo", http =>
{
    http.Response.ContentType = http.Request.ContentType;
    http.Response.ContentLength = http.Request.ContentLength;
    return http.Request.BodyReader.CopyToAsync(http.Response.BodyWriter, http.RequestAborted);
});
app.Run();
