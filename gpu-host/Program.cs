using Hybrid.GpuHost;
using Hybrid.GpuHost.Hosting;

// Settings are found beside the program, whatever folder it was started in.
var options = new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory };

return await HostRun.ToEndAsync(() => WebApplication.CreateBuilder(options).AddGpuHost().Build().MapGpuHost());
