using Hybrid.Functions;
using Hybrid.LocalHost.Hosting;

// Beside the program are host.json and the functions' settings; the current folder is the user's.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddLocalHost(typeof(HybridFunctions).Assembly.GetTypes(), (worker, configuration) => worker.AddHybridFunctions(configuration));

var app = builder.Build();
app.MapLocalHost();
app.Run();
