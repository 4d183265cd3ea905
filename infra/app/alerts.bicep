// What somebody should be woken for. The GPU host's own alerts stand in gpu-host.bicep.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What makes names unique.')
param resourceToken string

@description('Who is mailed; empty: nobody.')
param email string

@description('Workspace of the logs.')
param workspaceId string

@description('Queue of the messages that were given up.')
param poisonQueueName string

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${resourceToken}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'hybrid'
    enabled: true
    emailReceivers: empty(email)
      ? []
      : [
          {
            name: 'operators'
            emailAddress: email
            useCommonAlertSchema: true
          }
        ]
  }
}

resource failedRequests 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: 'alert-api-errors-${resourceToken}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'API answers 5xx'
    description: 'More than 5 % of at least 20 requests in a quarter of an hour failed on our side.'
    severity: 1
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    // The workspace has no such table before the first request.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'AppRequests | summarize failed = countif(toint(ResultCode) >= 500), total = count() | where total >= 20 and failed > total * 0.05'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: true
    actions: {
      actionGroups: [actionGroup.id]
    }
  }
}

resource poisonMessages 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: 'alert-poison-messages-${resourceToken}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Queue messages given up'
    description: 'A message failed as often as host.json allows and lies in the poison queue: somebody\'s work was not done.'
    severity: 2
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'StorageQueueLogs | where OperationName == "PutMessage" and StatusText == "Success" and ObjectKey contains "/${poisonQueueName}"'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: true
    actions: {
      actionGroups: [actionGroup.id]
    }
  }
}

output ACTION_GROUP_ID string = actionGroup.id
