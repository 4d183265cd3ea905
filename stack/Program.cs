using System.CommandLine;
using Hybrid.Stack.Commands;
using Hybrid.Stack.Commands.Models;

var root = new RootCommand("The whole of Hybrid on this machine: storage, a GPU host, the functions and their durable engine, all on loopback.")
{
    UpCommand.Create(),
    DemoCommand.Create(),
    ModelCommand.Create(),
};

return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
