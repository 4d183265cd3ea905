// The backend of the durable orchestrations.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What makes names unique.')
param resourceToken string

@allowed(['Consumption', 'Dedicated'])
@description('Pay by use, or reserved capacity.')
param sku string

@description('Addresses that may connect; an empty list lets nobody in.')
param ipAllowlist string[]

@description('Days after which an orchestration that has ended is purged.')
param retentionDays int

@description('Principal of the functions, which schedule and run orchestrations.')
param functionsPrincipalId string

var durableTaskDataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: 'dts-${resourceToken}'
  location: location
  tags: tags
  properties: {
    ipAllowlist: ipAllowlist
    sku: sku == 'Dedicated' ? { name: sku, capacity: 1 } : { name: sku }
  }
}

resource taskHub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: 'hybrid'
}

resource retention 'Microsoft.DurableTask/schedulers/retentionPolicies@2026-02-01' = {
  parent: scheduler
  name: 'default'
  properties: {
    retentionPolicies: [
      {
        retentionPeriodInDays: retentionDays
      }
    ]
  }
}

resource functionsRunOrchestrations 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(taskHub.id, functionsPrincipalId, durableTaskDataContributor)
  scope: taskHub
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', durableTaskDataContributor)
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
  }
}

output ENDPOINT string = scheduler.properties.endpoint
output TASK_HUB_NAME string = taskHub.name
