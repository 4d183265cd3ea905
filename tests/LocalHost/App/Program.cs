using Hybrid.LocalHost.Hosting;
using Hybrid.LocalHost.TestApp;

var builder = WebApplication.CreateBuilder(args);
var types = TestFunctions.Types.Where(type => !builder.Configuration.GetValue<bool>("TestFunctions:WithoutQueues") || type != typeof(QueueFunctions));
builder.AddLocalHost([.. types], (worker, _) => TestFunctions.Configure(worker));

var app = builder.Build();
app.MapLocalHost();
app.Run();
