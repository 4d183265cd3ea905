using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>Something in a template that does something.</summary>
/// <param name="Line">Where it stands.</param>
internal abstract record Statement(int Line)
{
    public static Flow RunAll(IReadOnlyList<Statement> statements, Scope scope)
    {
        foreach (var statement in statements)
        {
            scope.Step(statement.Line);
            if (statement.Run(scope) is not Flow.Next and var flow)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    protected abstract Flow Run(Scope scope);
}

/// <summary>Text between tags.</summary>
internal sealed record Data(int Line, MarkedText Text) : Statement(Line)
{
    protected override Flow Run(Scope scope)
    {
        scope.Write(Text);
        return Flow.Next;
    }
}

/// <summary><c>{{ expression }}</c></summary>
internal sealed record Output(int Line, Expression Expression) : Statement(Line)
{
    protected override Flow Run(Scope scope)
    {
        scope.Write(Values.ToText(Expression.Evaluate(scope)));
        return Flow.Next;
    }
}

/// <summary><c>if … elif … else</c>: the first branch that holds; a branch without a test always does.</summary>
internal sealed record If(int Line, IReadOnlyList<(Expression? Test, IReadOnlyList<Statement> Body)> Branches) : Statement(Line)
{
    protected override Flow Run(Scope scope)
    {
        foreach (var (test, body) in Branches)
        {
            if (test is null || Values.IsTrue(test.Evaluate(scope)))
            {
                return RunAll(body, scope);
            }
        }

        return Flow.Next;
    }
}

/// <summary><c>for targets in items if filter … else</c></summary>
internal sealed record For(
    int Line, IReadOnlyList<string> Targets, Expression Items, Expression? Filter, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Else) : Statement(Line)
{
    protected override Flow Run(Scope scope)
    {
        var items = Filters.Items(Items.Evaluate(scope), scope);
        if (Filter is not null)
        {
            items = items.FindAll(item => Values.IsTrue(Filter.Evaluate(With(item, scope))));
        }

        for (var i = 0; i < items.Count; i++)
        {
            scope.Step(Line);
            var inner = With(items[i], scope);
            inner.Set("loop", LoopState(items, i));
            if (RunAll(Body, inner) == Flow.Break)
            {
                break;
            }
        }

        return items.Count == 0 ? RunAll(Else, scope) : Flow.Next;
    }

    private Scope With(object? item, Scope scope)
    {
        var inner = scope.Inner();
        Assignment.Assign(Targets, item, inner);
        return inner;
    }

    private static Dictionary<string, object?> LoopState(List<object?> items, int i) => new(StringComparer.Ordinal)
    {
        ["index"] = i + 1L,
        ["index0"] = (long)i,
        ["revindex"] = (long)items.Count - i,
        ["revindex0"] = items.Count - i - 1L,
        ["first"] = i == 0,
        ["last"] = i == items.Count - 1,
        ["length"] = (long)items.Count,
        ["previtem"] = i > 0 ? items[i - 1] : new Undefined("loop.previtem"),
        ["nextitem"] = i < items.Count - 1 ? items[i + 1] : new Undefined("loop.nextitem"),
    };
}

/// <summary><c>break</c> and <c>continue</c>.</summary>
internal sealed record Jump(int Line, Flow Where) : Statement(Line)
{
    protected override Flow Run(Scope scope) => Where;
}

/// <summary><c>set a = …</c>, <c>set a, b = …</c>, and <c>set a</c> … <c>endset</c>, which takes what its body writes.</summary>
internal sealed record Assignment(int Line, IReadOnlyList<string> Targets, Expression? Content, IReadOnlyList<Statement> Body) : Statement(Line)
{
    protected override Flow Run(Scope scope)
    {
        Assign(Targets, Content is not null ? Content.Evaluate(scope) : Capture(Body, scope), scope);
        return Flow.Next;
    }

    public static MarkedText Capture(IReadOnlyList<Statement> body, Scope scope)
    {
        var inner = scope.Capturing();
        RunAll(body, inner);
        return MarkedText.Concat(inner.Output);
    }

    public static void Assign(IReadOnlyList<string> targets, object? value, Scope scope)
    {
        if (targets is [var only])
        {
            scope.Set(only, value);
            return;
        }

        var parts = Filters.Items(value, scope);
        if (parts.Count != targets.Count)
        {
            throw scope.Fault($"{targets.Count} names cannot take {parts.Count} values.");
        }

        foreach (var (target, part) in targets.Zip(parts))
        {
            scope.Set(target, part);
        }
    }
}

/// <summary><c>set namespace.name = …</c>: the way to keep a value beyond its loop.</summary>
internal sealed record NamespaceAssignment(int Line, string Namespace, string Attribute, Expression Content) : Statement(Line)
{
    protected override Flow Run(Scope scope)
    {
        var target = scope[Namespace] as Dictionary<string, object?> ?? throw scope.Fault($"'{Namespace}' is no namespace.");
        target[Attribute] = Content.Evaluate(scope);
        return Flow.Next;
    }
}

/// <summary><c>macro name(parameters) … endmacro</c></summary>
internal sealed record Macro(int Line, string MacroName, IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlyList<Statement> Body) : Statement(Line)
{
    protected override Flow Run(Scope scope)
    {
        scope.Set(MacroName, (Callable)Invoke);
        return Flow.Next;
    }

    private MarkedText Invoke(Arguments arguments)
    {
        if (arguments.Positional.Count > Parameters.Count)
        {
            throw arguments.Scope.Fault($"the macro '{MacroName}' takes {Parameters.Count} arguments, not {arguments.Positional.Count}.");
        }

        var inner = arguments.Scope.Global.Capturing();
        for (var i = 0; i < Parameters.Count; i++)
        {
            var (name, otherwise) = Parameters[i];
            inner.Set(name, arguments.Has(i, name) ? arguments.Get(i, name) : otherwise is null ? new Undefined(name) : otherwise.Evaluate(inner));
        }

        inner.Enter();
        RunAll(Body, inner);
        inner.Leave();
        return MarkedText.Concat(inner.Output);
    }
}

/// <summary>A block that only marks its contents for training, <c>generation … endgeneration</c>.</summary>
internal sealed record Group(int Line, IReadOnlyList<Statement> Body) : Statement(Line)
{
    protected override Flow Run(Scope scope) => RunAll(Body, scope);
}
